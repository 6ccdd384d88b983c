using System.Collections.Concurrent;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace TraceAnalyzer.Reading.Inputs;

/// <summary>
/// Reads another stream ahead on a thread of its own, so that decompression runs beside the analysis. Damaged or cut
/// compressed data ends the stream where it is; <see cref="IsDamaged"/> then tells.
/// </summary>
internal sealed class PrefetchStream : ForwardStream
{
    private const int BlockBytes = 256 * 1024;
    private const int BlocksAhead = 4;

    private readonly string _name;
    private readonly Stream _inner;
    private readonly BlockingCollection<(byte[] Bytes, int Length)> _full = new(BlocksAhead);
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private byte[]? _current;
    private int _currentLength;
    private int _taken;
    private int _made;
    private bool _isStuck;
    private volatile bool _damaged;
    private Exception? _failure;

    /// <summary>Begins to read ahead.</summary>
    /// <param name="name">What to call the input in errors.</param>
    /// <param name="inner">The stream, which is disposed of with this one.</param>
    public PrefetchStream(string name, Stream inner)
    {
        _name = name;
        _inner = inner;
        _thread = new Thread(ReadAhead) { IsBackground = true, Name = "decompress" };
        _thread.Start();
    }

    /// <summary>True if the compressed data turned out to be damaged or cut. Final once the stream has ended.</summary>
    public bool IsDamaged => _damaged;

    public override int Read(Span<byte> buffer)
    {
        if (_current is null || _taken == _currentLength)
        {
            if (_current is not null)
                _free.Add(_current);
            _current = null;
            if (NextBlock() is not { } block)
                return _failure switch
                {
                    null => 0,
                    OutOfMemoryException => throw new InsufficientMemoryException(_failure.Message, _failure),
                    _ => throw new IOException(_failure.Message, _failure),
                };
            (_current, _currentLength) = block;
            _taken = 0;
        }

        int count = Math.Min(buffer.Length, _currentLength - _taken);
        _current.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            if (_isStuck)
                return;
            _thread.Join();
            _inner.Dispose();
            _full.Dispose();
            _free.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    // Null at the end.
    private (byte[] Bytes, int Length)? NextBlock()
    {
        (byte[] Bytes, int Length) block = default;
        bool isTaken = false;
        try
        {
            LibraryWatch.Wait(_name, "its decompressor", time => (isTaken = _full.TryTake(out block, time)) || _full.IsCompleted, static () => 0);
        }
        catch (TraceException)
        {
            _isStuck = true;
            throw;
        }

        return isTaken ? block : null;
    }

    private void ReadAhead()
    {
        try
        {
            while (true)
            {
                byte[] block = FreeBlock();
                int length = FillBlock(block);
                if (length > 0)
                    _full.Add((block, length), _stop.Token);
                if (length < block.Length)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed while there was more to read.
        }
        catch (Exception exception)
        {
            // An exception that leaves a thread ends the process.
            _failure = exception;
        }
        finally
        {
            _full.CompleteAdding();
        }
    }

    // Made when they are needed: what is packed is mostly small, and an archive may hold many files.
    private byte[] FreeBlock()
    {
        if (_free.TryTake(out byte[]? block))
            return block;
        if (_made > BlocksAhead)
            return _free.Take(_stop.Token);
        _made++;
        return new byte[BlockBytes];
    }

    // What was decompressed before the damage is kept.
    private int FillBlock(byte[] block)
    {
        int length = 0;
        try
        {
            while (length < block.Length)
            {
                int read = _inner.Read(block, length, block.Length - length);
                if (read == 0)
                    break;
                length += read;
            }
        }
        catch (ZstdException exception) when (exception.Code == ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge)
        {
            throw new IOException(
                "packed with a window of more than 128 MiB ('zstd --long=28' and above): repack it with 'zstd -dc --long=31 OLD.zst | zstd -o NEW.zst', or unpack it with 'zstd -dc --long=31' first", exception);
        }
        catch (Exception exception) when (exception is InvalidDataException or ZstdException or EndOfStreamException)
        {
            _damaged = true;
        }

        return length;
    }
}
