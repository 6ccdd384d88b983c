using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers.Kernel;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Etlx;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Tests.Oracles;

namespace TraceAnalyzer.Tests.Reading;

/// <summary>On an .etlx made of our .nettrace, and on typed disk events over records laid out as Windows does; there is no Windows to record on.</summary>
[Trait("Kind", "capture")]
public sealed class EtlxReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("traceanalyzer-etlx-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_etlx_made_of_a_nettrace_tells_the_same(bool isStreamed)
    {
        string etlx = MakeEtlx();
        ReadTrace nettrace = TraceFiles.Read(TraceFiles.Find("loop-nettrace/kv.nettrace"));
        using ITraceReader reader = isStreamed
            ? EtlxReader.Open(TraceReading.Parts(File.ReadAllBytes(etlx)), new ReadOptions())
            : TraceFormats.Open([etlx]);
        Assert.IsType<EtlxReader>(reader);
        ReadTrace read = TraceReading.ReadAll(reader);

        // Its times count from the start of the session.
        long startNs = nettrace.Events[0].TimeNs - read.Events[0].TimeNs;
        Assert.Equal(
            nettrace.Events.Select(e => $"{e.TimeNs - startNs} {e.Action} {e.Device} {e.Rwbs} {e.Sector} {e.LengthBytes} {e.Error} {e.Pid} {e.Cpu}"),
            read.Events.Select(e => $"{e.TimeNs} {e.Action} {e.Device} {e.Rwbs} {e.Sector} {e.LengthBytes} {e.Error} {e.Pid} {e.Cpu}"));
        Assert.All(read.Events.Where(e => e.Action == BlockAction.Issue), e => Assert.NotEmpty(reader.Stacks!.Frames(e.Stack)));
        Assert.Equal("python3", read.Processes.Find(3304));
    }

    [Fact]
    public void Reads_writes_and_flushes_of_Windows_become_an_issue_and_a_completion()
    {
        using var log = new TraceLog(MakeEtlx());
        using var read = TypedEvent.Of<DiskIOTraceData>(log, "Read", 10, 2_000_000, ReadRecord(disk: 1, bytes: 131_072, offset: 1_048_576 + 512, elapsed: 300_000));
        Assert.True(WindowsDiskIo.TryRead(read.Event, out WindowsDiskIo io));
        Assert.Equal(new WindowsDiskIo(Rwbs.Of("R"), 1, 1_049_088, 131_072, 2_000_000, 300_000, 4711), io);
        Span<BlockEvent> events = stackalloc BlockEvent[2];
        io.Write(DeviceId.Of(DeviceNames.Major, 0), 3, events);
        Assert.Equal((BlockAction.Issue, 1_700_000L, 2049ul, 256u), (events[0].Action, events[0].TimeNs, events[0].Sector, events[0].LengthSectors));
        Assert.Equal((BlockAction.Complete, 2_000_000L, OperationClass.Read, (ushort)3), (events[1].Action, events[1].TimeNs, events[1].Class, events[1].Cpu));

        using var write = TypedEvent.Of<DiskIOTraceData>(log, "Write", 11, 5_000_000, ReadRecord(disk: 0, bytes: 4096, offset: 0, elapsed: 1000));
        Assert.True(WindowsDiskIo.TryRead(write.Event, out io));
        Assert.Equal(new WindowsDiskIo(Rwbs.Of("W"), 0, 0, 4096, 5_000_000, 1000, 4711), io);

        using var flush = TypedEvent.Of<DiskIOFlushBuffersTraceData>(log, "FlushBuffers", 14, 6_000_000, FlushRecord(disk: 2, elapsed: 77_000));
        Assert.True(WindowsDiskIo.TryRead(flush.Event, out io));
        Assert.Equal(new WindowsDiskIo(Rwbs.Of("FF"), 2, 0, 0, 6_000_000, 77_000, 4711), io);
    }

    [Fact]
    public void Impossible_disk_events_are_none()
    {
        using var log = new TraceLog(MakeEtlx());
        using var read = TypedEvent.Of<DiskIOTraceData>(log, "Read", 10, 2_000_000, ReadRecord(disk: 1, bytes: 4096, offset: -1, elapsed: 0));
        Assert.False(WindowsDiskIo.TryRead(read.Event, out _));
    }

    [Fact]
    public void An_etl_says_how_to_convert_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "on Windows .etl is read");
        byte[] buffer = new byte[65_536];
        BitConverter.TryWriteBytes(buffer, 65_536);
        buffer[74] = 2;
        buffer[75] = 0xC0;
        foreach (byte[] content in (byte[][])[buffer, [1, 2, 3, 4]])
        {
            string path = Path.Combine(_folder.FullName, "run.etl");
            File.WriteAllBytes(path, content);
            TraceException error = Assert.Throws<TraceException>(() => TraceFormats.Open([path]));
            Assert.Contains("CreateFromEventTraceLogFile(\"run.etl\")", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cut_etlx_says_so()
    {
        byte[] whole = File.ReadAllBytes(MakeEtlx());
        foreach (int length in (int[])[200, 5000, whole.Length / 2, whole.Length - 1])
        {
            TraceException error = Assert.Throws<TraceException>(() => TraceReading.ReadAll(EtlxReader.Open(TraceReading.Parts(whole[..length]), new ReadOptions())));
            Assert.Contains("cut or damaged", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Damage_of_an_etlx_is_survived()
    {
        byte[] whole = File.ReadAllBytes(MakeEtlx());
        int read = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 40); i > 0; i--)
                damaged[random.Next(100, damaged.Length)] = (byte)random.Next(256);
            try
            {
                ReadTrace trace = TraceReading.ReadAll(EtlxReader.Open(TraceReading.Parts(damaged), new ReadOptions()));
                Assert.NotEmpty(trace.Events);
                read++;
            }
            catch (TraceException)
            {
                // It cannot be opened any more, which is said.
            }
        }

        Assert.InRange(read, 1, 60);
    }

    [Fact]
    public void Nothing_is_left_in_the_temporary_folder()
    {
        byte[] whole = File.ReadAllBytes(MakeEtlx());
        string[] before = Directory.GetFiles(Path.GetTempPath(), "traceanalyzer-*.etlx");
        using (var reader = EtlxReader.Open(TraceReading.Parts(whole), new ReadOptions()))
            Assert.NotEmpty(Directory.GetFiles(Path.GetTempPath(), "traceanalyzer-*.etlx").Except(before));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "traceanalyzer-*.etlx").Except(before));
    }

    private string MakeEtlx()
    {
        string plain = Path.Combine(_folder.FullName, "kv.nettrace");
        using (TraceInput input = CompressedInput.OpenFile(TraceFiles.Find("loop-nettrace/kv.nettrace")))
        using (FileStream copy = File.Create(plain))
            input.Content.CopyTo(copy);
        foreach (string format in (string[])["block_rq_issue", "block_rq_complete"])
            File.Copy(TraceFiles.Find($"loop-nettrace/fmt/{format}.format"), Path.Combine(_folder.FullName, $"{format}.format"), overwrite: true);
        return TraceLog.CreateFromEventPipeDataFile(plain);
    }

    // DiskIo_TypeGroup1, version 3, 64 bits.
    private static byte[] ReadRecord(int disk, int bytes, long offset, long elapsed)
    {
        byte[] record = new byte[52];
        BitConverter.TryWriteBytes(record, disk);
        BitConverter.TryWriteBytes(record.AsSpan(8), bytes);
        BitConverter.TryWriteBytes(record.AsSpan(16), offset);
        BitConverter.TryWriteBytes(record.AsSpan(40), elapsed);
        return record;
    }

    // DiskIo_TypeGroup3, version 3, 64 bits.
    private static byte[] FlushRecord(int disk, long elapsed)
    {
        byte[] record = new byte[28];
        BitConverter.TryWriteBytes(record, disk);
        BitConverter.TryWriteBytes(record.AsSpan(8), elapsed);
        return record;
    }

    // The library makes such events of ETW's records only, so its own constructor and fields are used.
    private sealed unsafe class TypedEvent : IDisposable
    {
        private const int EventRecordBytes = 112;
        private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

        private readonly byte* _record = (byte*)NativeMemory.AllocZeroed(EventRecordBytes);
        private readonly byte* _payload;

        private TypedEvent(TraceEvent e, TraceLog log, int opcode, long sinceStartNs, byte[] payload)
        {
            Event = e;
            _payload = (byte*)NativeMemory.AllocZeroed((nuint)payload.Length);
            payload.CopyTo(new Span<byte>(_payload, payload.Length));

            // EVENT_RECORD of evntcons.h: flags (64 bits), process, time, version, opcode, length and place of the payload.
            *(ushort*)(_record + 4) = 0x40;
            *(int*)(_record + 12) = 4711;
            *(long*)(_record + 16) = StartTicks(log) + sinceStartNs;
            _record[42] = 3;
            _record[45] = (byte)opcode;
            *(ushort*)(_record + 86) = (ushort)payload.Length;
            *(byte**)(_record + 96) = _payload;
            Set(e, "eventRecord", (nint)_record);
            Set(e, "userData", (nint)_payload);
            Field(typeof(TraceEvent), "traceEventSource").SetValue(e, log);
        }

        public TraceEvent Event { get; }

        public static TypedEvent Of<T>(TraceLog log, string opcodeName, int opcode, long sinceStartNs, byte[] payload)
            where T : TraceEvent
        {
            ConstructorInfo constructor = typeof(T).GetConstructors(Internal).Single();
            var e = (TraceEvent)constructor.Invoke([null, 0xFFFF, 3, "DiskIO", Guid.NewGuid(), opcode, opcodeName, Guid.NewGuid(), "Windows Kernel", null]);
            return new TypedEvent(e, log, opcode, sinceStartNs, payload);
        }

        public void Dispose()
        {
            Set(Event, "eventRecord", 0);
            NativeMemory.Free(_record);
            NativeMemory.Free(_payload);
        }

        // Its ticks are nanoseconds: the trace comes from Linux.
        private static long StartTicks(TraceLog log) => (long)Field(typeof(TraceEventSource), "sessionStartTimeQPC").GetValue(log)!;

        private static void Set(TraceEvent e, string name, nint value)
        {
            FieldInfo field = Field(typeof(TraceEvent), name);
            field.SetValue(e, field.FieldType.IsPointer ? Pointer.Box((void*)value, field.FieldType) : value);
        }

        private static FieldInfo Field(Type type, string name) => type.GetField(name, Internal) ?? throw new MissingFieldException(type.Name, name);
    }
}
