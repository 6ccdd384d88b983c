using System.Globalization;
using System.Text;

namespace TraceAnalyzer.Reading;

/// <summary>Names of kernel functions by address: those a trace carries itself, and those of a <c>/proc/kallsyms</c> kept beside it.</summary>
internal sealed class KernelSymbols
{
    /// <summary>Lowest address of kernel code and data on 64-bit machines; below is user space.</summary>
    public const ulong FirstKernelAddress = 0x8000_0000_0000_0000;

    private readonly Dictionary<ulong, (ulong End, string Name)> _symbols = [];
    private ulong[]? _starts;

    /// <summary>How many functions are known.</summary>
    public int Count => _symbols.Count;

    /// <summary>Adds a function. A later one of the same start counts.</summary>
    /// <param name="start">Address of its first byte.</param>
    /// <param name="end">Address behind its last byte; 0 if it reaches to the next one.</param>
    /// <param name="name">Its name.</param>
    public void Add(ulong start, ulong end, string name)
    {
        _symbols[start] = (end, name);
        _starts = null;
    }

    /// <summary>The function at <paramref name="address"/>, or the address in hexadecimal. Not to be called while functions are added.</summary>
    public string NameOf(ulong address)
    {
        ulong[] starts = _starts ??= [.. _symbols.Keys.Order()];
        int place = Array.BinarySearch(starts, address);
        if (place < 0)
            place = ~place - 1;
        if (place >= 0)
        {
            (ulong end, string name) = _symbols[starts[place]];
            if (end == 0 ? place + 1 < starts.Length : address <= end)
                return name;
        }

        return string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
    }

    /// <summary>Adds the functions of a copy of <c>/proc/kallsyms</c>: lines <c>ffffffff81b07810 T blk_mq_start_request</c>. Lines of other shapes are left out.</summary>
    public void AddKallsyms(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            string[] parts = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

            // Without privileges the kernel prints zeros for addresses.
            if (parts.Length >= 3 && parts[1] is "T" or "t" or "W" or "w"
                && ulong.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
                && address >= FirstKernelAddress)
            {
                _symbols.TryAdd(address, (0, parts[2]));
            }
        }

        _starts = null;
    }

    /// <summary>Adds <c>NAME.kallsyms</c> or <c>kallsyms</c> in the folder of the trace, if there is one.</summary>
    /// <exception cref="TraceException">It is there but cannot be read.</exception>
    public void AddKallsymsBeside(string? tracePath)
    {
        if (tracePath is null || Path.GetDirectoryName(Path.GetFullPath(tracePath)) is not { } folder)
            return;
        foreach (string path in (string[])[tracePath + ".kallsyms", Path.ChangeExtension(tracePath, ".kallsyms"), Path.Combine(folder, "kallsyms")])
        {
            if (!File.Exists(path))
                continue;
            try
            {
                using var text = new StreamReader(path, Encoding.UTF8);
                AddKallsyms(text);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new TraceException($"{path}: cannot be read: {exception.Message}", exception);
            }
        }
    }
}
