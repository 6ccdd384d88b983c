namespace TraceAnalyzer.Fuzzing;

/// <summary>Something that reads files of strangers.</summary>
/// <param name="name">Its name on the command line.</param>
/// <param name="options">How to fuzz.</param>
public abstract class FuzzTarget(string name, FuzzOptions options) : IDisposable
{
    // What is allocated is never less than what is in use at any moment, and unlike that it is the same in every run.
    private const long FreeBytes = 256L << 20;
    private const int BytesPerInputByte = 4;

    /// <summary>Its name on the command line.</summary>
    public string Name => name;

    /// <summary>Inputs that were analyzed.</summary>
    public int Analyzed { get; private set; }

    /// <summary>Makes an input.</summary>
    public abstract byte[] Make(int iteration, Random random);

    /// <summary>Reads an input and checks what must hold.</summary>
    /// <exception cref="TraceException">It is refused.</exception>
    /// <exception cref="BrokenRuleException">Something does not hold.</exception>
    public abstract void Try(byte[] input, int iteration);

    /// <summary>Removes what it put into temporary folders.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Does a piece of work, which may allocate four times the input's bytes and 256 MiB.</summary>
    /// <param name="length">The input's bytes.</param>
    /// <param name="work">What to do.</param>
    /// <exception cref="BrokenRuleException">It allocated more.</exception>
    protected T Bounded<T>(long length, Func<T> work)
    {
        long before = Allocated();
        T result = work();
        long bytes = Allocated() - before;
        long most = FreeBytes + (BytesPerInputByte * length);
        return bytes <= most ? result : throw new BrokenRuleException(FormattableString.Invariant($"allocates {bytes} bytes for an input of {length}; at most {most} are allowed"));
    }

    // Beside other tests only this thread's can be told from theirs.
    private long Allocated() => options.OwnsProcess ? GC.GetTotalAllocatedBytes() : GC.GetAllocatedBytesForCurrentThread();

    /// <summary>True if this input is one of those to be analyzed.</summary>
    protected bool IsAnalyzed(int iteration)
    {
        bool isAnalyzed = iteration % options.AnalyzedShare == 0;
        Analyzed += isAnalyzed ? 1 : 0;
        return isAnalyzed;
    }
}
