using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TraceAnalyzer.Tests.Reports;

namespace TraceAnalyzer.Tests.Html;

/// <summary>A tab of <see cref="Chromium"/>.</summary>
internal sealed class ChromiumPage(Chromium browser, string session, string target) : IAsyncDisposable
{
    /// <summary>Console messages, exceptions, and what the browser itself complains of (blocked by the policy, not found).</summary>
    public IEnumerable<string> Complaints =>
        from item in browser.Events
        where item.Method is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded"
        select item.Parameters.ToString();

    /// <summary>Addresses that the page asked for, itself included.</summary>
    public IEnumerable<string> Requests =>
        from item in browser.Events
        where item.Method == "Network.requestWillBeSent"
        select item.Parameters.GetProperty("request").GetProperty("url").GetString()!;

    public async Task LoadAsync(string address, int width, int height, bool isDark)
    {
        browser.Events.Clear();
        foreach (string domain in (string[])["Runtime", "Log", "Network", "Page"])
            await SendAsync($"{domain}.enable", []);
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await SetMediaAsync("screen", isDark);
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        await WaitAsync("document.readyState === 'complete' && location.href !== 'about:blank'");
        await NextFrameAsync();
    }

    /// <summary>Lays the page out as on upright A4 paper with the browser's own margins of 0.4 inches.</summary>
    public async Task PrintAsync(bool isDark)
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = 717, ["height"] = 1046, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await SetMediaAsync("print", isDark);
        await NextFrameAsync();
    }

    /// <summary>The value of an expression.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement result = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.False(result.TryGetProperty("exceptionDetails", out JsonElement details), details.ValueKind == JsonValueKind.Undefined ? "" : details.ToString());
        return result.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>
    /// Calls a function on an element with variables of the page's script. They are found as a debugger finds them, in the scopes of one of the element's
    /// listeners: the page itself has no way in for tests.
    /// </summary>
    public async Task<JsonElement> CallWithVariablesAsync(string selector, string listener, string[] variables, string function)
    {
        // The browser tells handlers only of elements that belong to a group.
        JsonElement found = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = $"document.querySelector({JsonSerializer.Serialize(selector)})", ["objectGroup"] = "variables" });
        string element = found.GetProperty("result").GetProperty("objectId").GetString()!;
        JsonElement listeners = await SendAsync("DOMDebugger.getEventListeners", new JsonObject { ["objectId"] = element });
        JsonElement handler = listeners.GetProperty("listeners").EnumerateArray().First(each => each.GetProperty("type").GetString() == listener).GetProperty("handler");
        JsonElement inside = (await PropertiesAsync(handler)).GetProperty("internalProperties");
        JsonElement scopes = inside.EnumerateArray().First(property => property.GetProperty("name").GetString() == "[[Scopes]]").GetProperty("value");
        var values = new Dictionary<string, string>();
        foreach (JsonElement scope in (await PropertiesAsync(scopes)).GetProperty("result").EnumerateArray().Where(scope => scope.GetProperty("name").GetString() != "length"))
        {
            foreach (JsonElement variable in (await PropertiesAsync(scope.GetProperty("value"))).GetProperty("result").EnumerateArray())
            {
                string name = variable.GetProperty("name").GetString()!;
                if (variables.Contains(name) && variable.TryGetProperty("value", out JsonElement value) && value.TryGetProperty("objectId", out JsonElement id))
                    values.TryAdd(name, id.GetString()!);
            }

            if (values.Count == variables.Length)
                break;
        }

        JsonElement result = await SendAsync("Runtime.callFunctionOn", new JsonObject
        {
            ["objectId"] = element,
            ["functionDeclaration"] = function,
            ["arguments"] = new JsonArray([.. variables.Select(name => new JsonObject { ["objectId"] = values[name] })]),
            ["returnByValue"] = true,
        });
        Assert.False(result.TryGetProperty("exceptionDetails", out JsonElement details), details.ValueKind == JsonValueKind.Undefined ? "" : details.ToString());
        return result.GetProperty("result").GetProperty("value");
    }

    public async Task<string> TextAsync(string selector) =>
        (await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)}).textContent")).GetString()!;

    public async Task WaitAsync(string condition)
    {
        var watch = Stopwatch.StartNew();
        while (!(await EvaluateAsync(condition)).GetBoolean())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"waited in vain for {condition}");
            await Task.Delay(20);
        }
    }

    public Task MoveAsync(double x, double y) => MouseAsync("mouseMoved", x, y, []);

    public Task PressAsync(double x, double y, int clicks = 1) => MouseAsync("mousePressed", x, y, new JsonObject { ["button"] = "left", ["buttons"] = 1, ["clickCount"] = clicks });

    public Task ReleaseAsync(double x, double y, int clicks = 1) => MouseAsync("mouseReleased", x, y, new JsonObject { ["button"] = "left", ["clickCount"] = clicks });

    public async Task ClickAsync(double x, double y, int clicks = 1)
    {
        await PressAsync(x, y, clicks);
        await ReleaseAsync(x, y, clicks);
    }

    public async Task DragAsync((double X, double Y) from, (double X, double Y) to)
    {
        await MoveAsync(from.X, from.Y);
        await PressAsync(from.X, from.Y);
        await MouseAsync("mouseMoved", (from.X + to.X) / 2, (from.Y + to.Y) / 2, new JsonObject { ["buttons"] = 1 });
        await MouseAsync("mouseMoved", to.X, to.Y, new JsonObject { ["buttons"] = 1 });
        await ReleaseAsync(to.X, to.Y);
    }

    // The wheel turns where the mouse is: otherwise the browser goes on believing that it hovers elsewhere.
    public async Task WheelAsync(double x, double y, double delta)
    {
        await MoveAsync(x, y);
        await MouseAsync("mouseWheel", x, y, new JsonObject { ["deltaX"] = 0, ["deltaY"] = delta });
    }

    public async Task KeyAsync(string key, string? text = null)
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            var parameters = new JsonObject { ["type"] = type, ["key"] = key };
            if (text is not null && type == "keyDown")
                parameters["text"] = text;
            await SendAsync("Input.dispatchKeyEvent", parameters);
        }

        await NextFrameAsync();
    }

    /// <summary>Lets saved files appear in a folder.</summary>
    public Task AllowDownloadsAsync(string folder) =>
        browser.SendAsync("Browser.setDownloadBehavior", new JsonObject { ["behavior"] = "allow", ["downloadPath"] = folder });

    /// <summary>Presses a button and waits for the file that it saves into a folder.</summary>
    public async Task<string> SaveAsync(string button, TemporaryFolder folder, string file)
    {
        await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(button)}).click()");
        var watch = Stopwatch.StartNew();
        while (!File.Exists(folder[file]))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"{file} was not saved, but {string.Join(", ", Directory.GetFiles(folder.Path))}");
            await Task.Delay(20);
        }

        return File.ReadAllText(folder[file]);
    }

    /// <summary>Saves picture and data of every figure that the page holds, by its own buttons.</summary>
    public async Task<SavedFigure[]> SaveEveryFigureAsync(TemporaryFolder folder)
    {
        string[][] figures = (await EvaluateAsync("[...document.querySelectorAll('figure:has(img)')].map(figure => [figure.id, figure.querySelector('img').dataset.file, figure.querySelector('[data-save=figure-data]')?.dataset.file ?? ''])"))
            .Deserialize<string[][]>()!;
        foreach (string[] figure in figures)
        {
            Assert.True(figure[2].Length > 0, $"{figure[0]} has no data");
            // The browser drops what a page saves beyond ten files within a second (burst limit of blink's frame): nobody clicks as fast.
            await Task.Delay(250);
            await SaveAsync($"#{figure[0]} [data-save=figure]", folder, figure[1]);
            await SaveAsync($"#{figure[0]} [data-save=figure-data]", folder, figure[2] + ".csv");
        }

        return [.. figures.Select(figure => new SavedFigure(figure[1], figure[2]))];
    }

    /// <summary>The page as it looks, in full length, as PNG.</summary>
    public async Task<byte[]> ScreenshotAsync(bool isFull = true)
    {
        JsonElement shot = await SendAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = isFull });
        return shot.GetProperty("data").GetBytesFromBase64();
    }

    /// <summary>Closes the tab.</summary>
    public async ValueTask DisposeAsync() => await browser.SendAsync("Target.closeTarget", new JsonObject { ["targetId"] = target });

    // What was drawn is there after the frame that draws it.
    public Task NextFrameAsync() => EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");

    private Task<JsonElement> PropertiesAsync(JsonElement of) =>
        SendAsync("Runtime.getProperties", new JsonObject { ["objectId"] = of.GetProperty("objectId").GetString(), ["ownProperties"] = true });

    private async Task MouseAsync(string type, double x, double y, JsonObject more)
    {
        (more["type"], more["x"], more["y"]) = (type, x, y);
        await SendAsync("Input.dispatchMouseEvent", more);
        await NextFrameAsync();
    }

    private Task<JsonElement> SetMediaAsync(string media, bool isDark) => SendAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["media"] = media,
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }),
    });

    private Task<JsonElement> SendAsync(string method, JsonObject parameters) => browser.SendAsync(method, parameters, session);
}
