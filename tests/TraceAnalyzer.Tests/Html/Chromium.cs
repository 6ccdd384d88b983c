using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TraceAnalyzer.Tests.Html;

/// <summary>A headless Chromium, driven through its DevTools protocol (chromedevtools.github.io/devtools-protocol). Tests are skipped where none is installed.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("traceanalyzer-chromium-");
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly SemaphoreSlim _sending = new(1);
    private Process? _process;
    private Task _receiving = Task.CompletedTask;
    private int _lastId;

    /// <summary>What the browser tells unasked: method and parameters.</summary>
    internal ConcurrentQueue<(string Method, JsonElement Parameters)> Events { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _process = Start();
        if (_process is null)
            return;

        await _socket.ConnectAsync(await AddressAsync(), CancellationToken.None);
        _receiving = ReceiveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
            await _receiving;
        }

        _socket.Dispose();
        _sending.Dispose();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                _profile.Delete(recursive: true);
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                // A child that is just going away still wrote something.
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Opens a file in a new tab of the given size. Skips the test if there is no browser.</summary>
    internal async Task<ChromiumPage> OpenAsync(string path, int width = 1200, int height = 1800, bool isDark = false)
    {
        Assert.SkipWhen(_process is null, "no chromium is installed: the page was not tried in a browser");
        string target = (await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" })).GetProperty("targetId").GetString()!;
        string session = (await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true })).GetProperty("sessionId").GetString()!;
        var page = new ChromiumPage(this, session, target);
        await page.LoadAsync(new Uri(path).AbsoluteUri, width, height, isDark);
        return page;
    }

    /// <summary>Sends a command and waits for its result.</summary>
    internal async Task<JsonElement> SendAsync(string method, JsonObject parameters, string? session = null)
    {
        int id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null)
            message["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        return await answer.Task.WaitAsync(s_patience);
    }

    private static string? Find() =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         from name in (string[])["chromium", "chromium-browser", "google-chrome"]
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();

    private Process? Start()
    {
        if (Find() is not { } program)
            return null;

        var start = new ProcessStartInfo(program)
        {
            // What it grumbles about is not ours.
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank",
            },
        };
        // Chromium refuses to be root within its sandbox.
        if (Environment.IsPrivilegedProcess)
            start.ArgumentList.Insert(0, "--no-sandbox");
        try
        {
            Process? process = Process.Start(start);
            process?.BeginErrorReadLine();
            process?.BeginOutputReadLine();
            return process;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    // The browser chooses a free port and writes it down.
    private async Task<Uri> AddressAsync()
    {
        string file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < s_patience)
        {
            if (File.Exists(file) && await File.ReadAllLinesAsync(file) is [var port, var path, ..])
                return new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}{path}"));
            await Task.Delay(50);
        }

        throw new TimeoutException("chromium did not open its DevTools port");
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Take(JsonSerializer.Deserialize<JsonElement>(message.GetBuffer().AsSpan(0, (int)message.Length)));
                message.SetLength(0);
            }
        }
        catch (WebSocketException)
        {
            // The browser is gone, which is how a run ends; whoever still waits runs into the time limit.
        }
    }

    private void Take(JsonElement message)
    {
        if (!message.TryGetProperty("id", out JsonElement id))
            Events.Enqueue((message.GetProperty("method").GetString()!, message.GetProperty("params")));
        else if (_waiting.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer))
        {
            if (message.TryGetProperty("error", out JsonElement error))
                answer.SetException(new InvalidOperationException(error.ToString()));
            else
                answer.SetResult(message.GetProperty("result"));
        }
    }
}
