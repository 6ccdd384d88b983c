using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace TraceAnalyzer.Reading;

/// <summary>
/// The different kernel call stacks of a trace, numbered from 1 on (<see cref="BlockEvent.Stack"/>): as code addresses that
/// <see cref="KernelSymbols"/> resolves in the end, or as function names where the source prints them. Thread-safe.
/// </summary>
public sealed class StackTable
{
    /// <summary>Most different stacks that are kept; events with others have none.</summary>
    public const int MaxStacks = ushort.MaxValue;

    private readonly ConcurrentDictionary<byte[], ushort> _numbers = new(ByteStringComparer.Instance);
    private readonly List<(byte[] Content, bool IsNames)> _stacks = [];
    private readonly Lock _adding = new();

    /// <summary>Names of kernel functions by address.</summary>
    internal KernelSymbols Symbols { get; } = new();

    /// <summary>How many stacks there are.</summary>
    public int Count
    {
        get
        {
            lock (_adding)
                return _stacks.Count;
        }
    }

    /// <summary>The functions of a stack, innermost (nearest to the device) first; an address without a symbol as <c>0x...</c>.</summary>
    /// <param name="number">Number of the stack, 1 to <see cref="Count"/>.</param>
    public IReadOnlyList<string> Frames(int number)
    {
        (byte[] content, bool isNames) stack;
        lock (_adding)
            stack = _stacks[number - 1];
        if (stack.isNames)
            return Encoding.UTF8.GetString(stack.content).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. MemoryMarshal.Cast<byte, ulong>(stack.content).ToArray().Select(Symbols.NameOf)];
    }

    /// <summary>The number of a stack given by its code addresses, innermost first; 0 if it is empty or there are too many.</summary>
    internal ushort OfAddresses(ReadOnlySpan<ulong> addresses) => NumberOf(MemoryMarshal.AsBytes(addresses), isNames: false);

    /// <summary>The number of a stack given by its functions, innermost first, a newline behind each; 0 if it is empty or there are too many.</summary>
    internal ushort OfNames(ReadOnlySpan<byte> names) => NumberOf(names, isNames: true);

    private ushort NumberOf(ReadOnlySpan<byte> content, bool isNames)
    {
        if (content.IsEmpty)
            return 0;
        ConcurrentDictionary<byte[], ushort>.AlternateLookup<ReadOnlySpan<byte>> numbers = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (numbers.TryGetValue(content, out ushort known))
            return known;
        lock (_adding)
        {
            if (numbers.TryGetValue(content, out known) || _stacks.Count == MaxStacks)
                return known;
            byte[] kept = content.ToArray();
            _stacks.Add((kept, isNames));
            return _numbers[kept] = (ushort)_stacks.Count;
        }
    }
}
