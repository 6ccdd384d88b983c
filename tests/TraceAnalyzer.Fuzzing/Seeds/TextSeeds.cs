using System.Text;
using static TraceAnalyzer.Fuzzing.Seeds.SeedFiles;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Traces in the formats of text.</summary>
internal static class TextSeeds
{
    /// <summary>The format string of the captures' <c>custom.txt</c>, which is blkparse's default spelt out.</summary>
    public const string SpeltOut = @"%D %2c %8s %5T.%9t %5p %2a %3d %S + %n [%C]\n";

    /// <summary>Other fields, in another order, with letters between them.</summary>
    public const string OtherFields = @"t=%T.%t dev %M/%m %a %d pid %p (%C) at %S len %N err %e\n";

    private const string B2 = "nvmevirt/b2-deepnvme-fio-alltools/";

    public static byte[][] Blkparse() =>
    [
        Head(B2 + "b2-deepnvme-fio-alltools.blkparse.txt.xz", 25),
        Head("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup.blkparse13.txt.xz", 20),
        Head("nvmevirt/e-qemunvme-mixed-trim-flush-fua/merged.blkparse.txt.xz", 25),
        Case("requeues/virtio-dd.txt"),
        Case("requeues/with-R.txt"),
        Case("blkparse-live/live.txt"),
        Case("false-alarms/flush-second-completion.txt"),
        Case("false-alarms/completion-without-device.txt"),
        Encoding.Convert(Encoding.UTF8, Encoding.Unicode, [0xEF, 0xBB, 0xBF, .. Case("requeues/with-R.txt")]),
        Bytes("""
              8,0    3        1     0.000000000   697  G   W 223490 + 8 [kjournald]
              8,0    3        0     0.000001000     0  m   N a message
            over two lines
              8,16   3        2     0.000001829 -1  A  WS 0 + 16 <- (8,1) 4294967296
              8,0   11  4294967295     0.000009000   697  X  RA 100 / 200 [a b [c]]
              8,0    3        4     0.000010000   697 UT   N [(null)] 3
              8,0    3        5     0.000011000   697  D   R 36 (12 00 00 00 24 00) [udevd]
              8,0    3        6     0.000012000   697  C   D 4096 + 2048 [65531]
              8,0    3        7 86400.000000000   697  D  FN [dd]
            CPU3 (8,0):
             Reads Queued:           1,        4KiB	 Writes Queued:           0,        0KiB
             Skips: 2 (150 events)
            Total (8,0):
             Reads Queued:           1,        4KiB	 Writes Queued:           0,        0KiB
            Throughput (R/W): 0KiB/s / 0KiB/s

            """),
    ];

    public static byte[][] BlkparseSpeltOut() => [Head(B2 + "b2-deepnvme-fio-alltools.custom.txt.xz", 25), Head("nvmevirt/l-qemunvme-cgroup/l-qemunvme-cgroup.custom.txt", 25)];

    public static byte[][] BlkparseOtherFields() =>
    [
        Bytes("""
            t=0.000000000 dev 8/0 Q R pid 697 (kjournald) at 223490 len 4096 err 0
            t=0.000001829 dev 8/0 D R pid 697 (a (b) c) at 223490 len 4096 err 0
            t=0.100001829 dev 259/16 C WFS pid 0 () at 18014398509481984 len 0 err -5
            t=1.000000000 dev 8/0 UT N pid 1 (x) at 0 len 0 err 0

            """),
    ];

    public static byte[][] Bpftrace() =>
    [
        Head(B2 + "bpftrace-block.txt.xz", 25),
        Head("loop-nettrace/bpf.txt.zst", 20),
        Case("encodings/13-bom-bpftrace.txt"),
        Bytes("""
            Attaching 1 probe...
            1000000000, R, 131072, 69944, 256
            1000000100, WS, 4096, 8, 8
            Lost 17 events
            999999999, FF, 0, 0, 0
            1000000300, DS, 1048576, 2048, 2048
            18446744073709551615, RA, 4294967295, 18446744073709551615, 4294967295
            1000000400, R, 131072, 699

            """),
    ];

    public static byte[][] Biosnoop() =>
    [
        Bytes("""
            TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  QUE(ms) LAT(ms)
            0.000000    kworker/u72:1  13379  nvme1n1 W 1142400    4096      0.01    0.55
            0.000771    sync           22177  nvme1n1 W 41963894   3072      0.11    0.47
            Possibly lost 12 samples
            5.332998    xfsaild/nvme1n 1061   nvme0n1 R 545728     16384     0.00    0.61

            """),
        Bytes("""
            TIME(s)     COMM           PID     DISK      T SECTOR     BYTES  P LAT(ms)
            1.500000    a b [c] 1: d   77      nvme0n1   R 8          4096   S    1.00
            1.600000    dd             77      <unknown> R 8          4096   ?    1.00
            60.354871   kworker/u16:4  2784    sda       W 1136424000 1048576S 1204.12
            61.000000   dd             77                R 8          4096   R    1.00

            """),
        Bytes("""
            TIMESTAMP    COMM           PID     DISK    T    SECTOR     BYTES   LAT(ms)
            23:59:59.814 mount          163467  sde     WSM  41944043   524288    1.422
            00:00:00.014 mount          163467  sde     FS   -1         0    1.422
            13:05:59.123 dd             77      sda     DS   8          -2147483648      0.007
            13:06:00     dd             77      sda     R    18446744073709551615          10485761204.12

            """),
    ];

    public static byte[][] FioIolog() =>
    [
        Head(B2 + "fio-load.iolog", 25),
        Bytes("""
            fio version 3 iolog
            492 /mnt/nv/layer 00.bin add
            500 /mnt/nv/layer 00.bin open
            501 b.bin add
            12674 /mnt/nv/layer 00.bin read 6070272 16384
            12675 b.bin write 1023 2
            12676 b.bin trim 1048576 4096
            12677 b.bin sync 10485760 0
            12679 b.bin read 34359738368 0
            12680 b.bin close

            """),
        Bytes("""
            fio version 2 iolog
            a add
            a open
            a read 0 512
            a wait 4000 0
            a write 1024 512
            a wait 9223372036854775807 0
            a datasync 0 0
            a close

            """),
    ];

    public static byte[][] Ftrace() =>
    [
        Head(B2 + "trace-cmd.report.txt.xz", 25),
        Head(B2 + "trace_pipe.txt.xz", 25),
        Case("ftrace/16-banner-tpoint.txt"),
        Case("ftrace/21-ftrace-2.6-block_remap.txt"),
        CaseHead("ftrace/latency-format.txt", 30),
        Bytes("""
            # tracer: nop
            # entries-in-buffer/entries-written: 4/90   #P:8
            #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            #              | |         |   |||||     |         |
                 a b-[c]-77      [002] d..1.  1000.000001: block_rq_issue: 259,0 WFS 4096 () 1024 + 8 none,0,0 [a b-[c]]
                          <...>-77    (     77) [003] ..... 1000.000002: block_rq_complete: 259,0 R () 8 + 8 [-5]
            CPU:3 [LOST 12 EVENTS]
                          dd-1      [000] 1000.000003: block_split: 8,16 RA 8 / 16 [dd]
                          dd-1      [000] 1000.000004: block_bio_remap: 8,16 RA 8 + 16 <- (8,17) 0
                          dd-1      [000] 1000.000005: sched_switch: prev_comm=dd prev_pid=1 prev_prio=120

            """),
    ];

    public static byte[][] Perf() =>
    [
        Head(B2 + "perf.script.txt.xz", 25),
        Head(B2 + "perf.script-ns.txt.xz", 20),
        Head("loop-nettrace/perf.txt.zst", 40),
        CaseHead("ftrace/06-perf-F-no-comm.txt", 25),
        CaseHead("ftrace/07-perf-g-user-frames.txt", 60),
        CaseHead("ftrace/18-perf-F-time-event-trace.txt", 25),
        CaseHead("ftrace/19-perf-deltatime.txt", 20),
    ];
}
