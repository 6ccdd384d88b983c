using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Reporting.Html;

/// <summary>
/// Builds HTML from interpolated strings whose holes are escaped: what is written in the source is markup, what comes from
/// a report is text, and there is no way to mix them up. <see cref="Add"/> takes no plain string on purpose.
/// </summary>
internal sealed class HtmlBuilder
{
    private readonly StringBuilder _html = new();

    /// <summary>Adds a line.</summary>
    public void Add([InterpolatedStringHandlerArgument("")] ref Markup line) => _html.Append('\n');

    /// <summary>Adds a part of a line.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "The handler writes to this builder.")]
    public void Append([InterpolatedStringHandlerArgument("")] ref Markup part)
    {
    }

    /// <summary>Adds bytes as base64, which needs no escaping.</summary>
    public void AddBase64(ReadOnlySpan<byte> bytes) => _html.Append(Convert.ToBase64String(bytes));

    /// <summary>Adds an element that knows no entities: script, style sheet, or data whose <c>&lt;</c> are escaped already.</summary>
    /// <param name="name">The element.</param>
    /// <param name="attributes">Its attributes as markup; never from a report.</param>
    /// <param name="text">Exactly what stands between the tags, so that a policy's hash can be taken of it.</param>
    /// <exception cref="ArgumentException">The text would end its element.</exception>
    public void AddRawElement(string name, string attributes, string text)
    {
        if (text.Contains("</", StringComparison.Ordinal) || text.Contains("<!--", StringComparison.Ordinal))
            throw new ArgumentException("text of a script or style element must not hold '</' or '<!--'", nameof(text));
        _html.Append('<').Append(name).Append(attributes).Append('>').Append(text).Append("</").Append(name).Append(">\n");
    }

    /// <inheritdoc/>
    public override string ToString() => _html.ToString();

    private void AddText(string? text)
    {
        foreach (char c in PrintableText.Of(text ?? ""))
        {
            _ = c switch
            {
                '&' => _html.Append("&amp;"),
                '<' => _html.Append("&lt;"),
                '>' => _html.Append("&gt;"),
                '"' => _html.Append("&quot;"),
                '\'' => _html.Append("&#39;"),
                _ => _html.Append(c),
            };
        }
    }

    /// <summary>The compiler turns <c>$"&lt;b&gt;{name}&lt;/b&gt;"</c> into calls of this.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Markup
    {
        private readonly HtmlBuilder _builder;

        // The compiler tells every handler how much will come.
        [System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE0060", Justification = "A builder that grows by chunks needs no lengths.")]
        public Markup(int literalLength, int formattedCount, HtmlBuilder builder) => _builder = builder;

        public void AppendLiteral(string literal) => _builder._html.Append(literal);

        public void AppendFormatted(string? text) => _builder.AddText(text);

        public void AppendFormatted(int number) => _builder._html.Append(CultureInfo.InvariantCulture, $"{number}");
    }
}
