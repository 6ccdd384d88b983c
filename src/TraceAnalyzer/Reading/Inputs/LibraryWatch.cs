using System.Runtime.ExceptionServices;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>
/// Calls into libraries that decode files of strangers, watched: a call that uses much processor time without an end is given up with an error.
/// Its thread cannot be stopped and ends with the process.
/// </summary>
/// <remarks>Processor time, not the clock: a slow disk, a pipe that nobody writes to and a loaded machine are not a fault of the file.</remarks>
internal static class LibraryWatch
{
    /// <summary>Processor time of the process without any progress.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const long BytesPerMoreSecond = 1 << 20;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    /// <summary>Calls <paramref name="call"/> on a thread of its own; what it throws is thrown here.</summary>
    /// <param name="file">The file, for the error.</param>
    /// <param name="library">The library, for the error.</param>
    /// <param name="bytes">Bytes that the call may have to read: it may take a second more per MiB.</param>
    /// <param name="call">The call.</param>
    /// <param name="patience">Processor time that it may take; null for <see cref="Patience"/>.</param>
    /// <exception cref="TraceException">It did not end.</exception>
    public static T Call<T>(string file, string library, long bytes, Func<T> call, TimeSpan? patience = null)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = call();
            }
            catch (Exception exception)
            {
                // An exception that leaves a thread ends the process.
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = library };
        thread.Start();
        Wait(file, library, thread.Join, static () => 0, (patience ?? Patience) + TimeSpan.FromSeconds(bytes / (double)BytesPerMoreSecond));
        failure?.Throw();
        return result!;
    }

    /// <summary>Waits for a library that runs on another thread.</summary>
    /// <param name="file">The file, for the error.</param>
    /// <param name="library">The library, for the error.</param>
    /// <param name="isDone">Waits for at most the time given; true if there is nothing more to wait for.</param>
    /// <param name="progress">How far it is: any number that changes.</param>
    /// <param name="patience">Processor time without progress; null for <see cref="Patience"/>.</param>
    /// <exception cref="TraceException">It makes no progress.</exception>
    public static void Wait(string file, string library, Func<TimeSpan, bool> isDone, Func<long> progress, TimeSpan? patience = null)
    {
        TimeSpan limit = patience ?? Patience;
        TimeSpan start = Environment.CpuUsage.TotalTime;
        long reached = progress();
        while (!isDone(s_look < limit ? s_look : limit))
        {
            TimeSpan now = Environment.CpuUsage.TotalTime;
            if (progress() is var at && at != reached)
                (reached, start) = (at, now);
            else if (now - start > limit)
                throw new TraceException(FormattableString.Invariant($"{file}: {library} made no progress in {(now - start).TotalSeconds:0} s of processor time; the file is damaged in a way that it does not notice"));
        }
    }
}
