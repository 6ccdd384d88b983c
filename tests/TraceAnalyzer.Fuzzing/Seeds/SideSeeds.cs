using System.Text;
using static TraceAnalyzer.Fuzzing.Seeds.SeedFiles;

namespace TraceAnalyzer.Fuzzing.Seeds;

/// <summary>Files that lie beside a trace in the folder of a run.</summary>
internal static class SideSeeds
{
    private const string Kv = "flexgen/kv-offload-omp1/";

    public static byte[][] RunJson() =>
    [
        Bytes("""
            {"name":"kv","framework":"FlexLLMGen","model":"facebook/opt-6.7b","dtype":"float16","batch_size":4,"prompt_len":256,"gen_len":32,
             "percent":"100 0 0 100 100 0","offloaded":"KV cache","clock_offset_ns":0,"utc_offset_minutes":60,"device_read_gib_per_s":3.5,
             "shape":{"num_hidden_layers":2,"hidden_size":64,"num_attention_heads":8,"num_key_value_heads":4,"intermediate_size":128,"vocab_size":100},
             "parts":{"gpu":["gpu.csv"],"tokens":["tokens.csv"]},
             "phases":{"warmup":{"start_mono_ns":0,"end_mono_ns":1000000},"bench":{"start_mono_ns":1000000,"end_mono_ns":900000000}},
             "command":"python3 -m flexllmgen.flex_opt --model facebook/opt-6.7b --prompt-len 256 --gen-len 32 --percent 100 0 0 0 100 0 --gpu-batch-size 16"}
            """),
        Whole(Kv + "run.json"),
        Whole(Kv + "driver.json"),
        Whole("deepspeed/deepspeed-model-fullmask/run.json"),
    ];

    public static byte[][] EnvJson() => [Whole("nvmevirt/c-kvcache/env.json"), Whole("nvmevirt/l-qemunvme-cgroup/env.json")];

    public static byte[][] Yaml() =>
    [
        Bytes("""
            # by hand
            name: kv
            model: &m facebook/opt-6.7b
            other: *m
            batch_size: 4
            prompt_len: 256
            gen_len: 32
            percent: [100, 0, 0, 100, 100, 0]
            shape: {num_hidden_layers: 2, hidden_size: 64, num_attention_heads: 8, intermediate_size: 128, vocab_size: 100}
            phases:
              bench:
                start_mono_ns: 0
                end_mono_ns: 900000000
            parts:
              gpu:
                - gpu.csv
            note: |
              two
              lines
            ...

            """),
        Case("runs/run-yaml-9/run.yaml"),
    ];

    public static byte[][] Extents() =>
    [
        Head("nvmevirt/c-kvcache/filefrag.txt", 30),
        Head("nvmevirt/b2-deepnvme-fio-alltools/filefrag.txt", 24),
        Head(Kv + "extents.txt", 25),
        Case("runs/17-filefrag-old/extents.txt"),
        Case("runs/14-fio-json-after-notes/extents.txt"),
        Head(Kv + "extents.tsv", 16),
        Bytes("file\tname\tlayer\trole\tlogical_sector\tphysical_sector\tsectors\tflags\nt\tk\t0\tk_cache\t0\t69944\t100\t\nt\tk\t0\tk_cache\t100\t70044\t924\tlast,eof\nu\tv\t0\tv_cache\t0\t0\t8\tunknown_loc,delalloc\n"),
    ];

    public static byte[][] Mdstat() =>
    [
        Bytes("Personalities : [raid0]\nmd0 : active raid0 nvme3n1[3] nvme2n1[2] nvme1n1[1] nvme0n1[0]\n      1306624 blocks super 1.2 128k chunks\n\nunused devices: <none>\n"),
        Bytes("Personalities : [raid1]\nmd127 : active (auto-read-only) raid1 sdb1[1] sda1[0](F) sdc1[2](S)\n      1046528 blocks super 1.2 [2/2] [UU]\n      bitmap: 0/1 pages [0KB], 65536KB chunk\n"),
    ];

    public static byte[][] DmTable() =>
    [
        Bytes("vg-lv: 0 4194304 striped 2 256 259:0 2048 259:1 2048\nvg-lv: 4194304 2048 linear 259:2 2048\nsafe: 0 100 crypt aes-xts-plain64 :64:logon:x 0 8:1 32768\n"),
        Bytes("0 2048 linear /dev/sda 34\n"),
    ];

    public static byte[][] BtrfsChunks() =>
    [
        Bytes("btrfs-progs v6.2\nchunk tree\n\titem 5 key (FIRST_CHUNK_TREE CHUNK_ITEM 30408704) itemoff 15667 itemsize 112\n\t\tlength 268435456 owner 2 stripe_len 65536 type METADATA|RAID1\n\t\tio_align 65536 io_width 65536 sector_size 4096\n\t\tnum_stripes 2 sub_stripes 1\n\t\t\tstripe 0 devid 3 offset 9437184\n\t\t\tdev_uuid eec91a5f\n\t\t\tstripe 1 devid 4 offset 9437184\n"
            + "\titem 6 key (FIRST_CHUNK_TREE CHUNK_ITEM 298844160) itemoff 15491 itemsize 176\n\t\tlength 429391872 owner 2 stripe_len 65536 type DATA|RAID10\n\t\tnum_stripes 4 sub_stripes 2\n\t\t\tstripe 0 devid 1 offset 22020096\n\t\t\tstripe 1 devid 2 offset 1048576\n\t\t\tstripe 2 devid 3 offset 277872640\n\t\t\tstripe 3 devid 4 offset 277872640\n"),
    ];

    public static byte[][] Gpu() =>
    [
        Head(Kv + "gpu.txt", 30),
        Case("runs/03-two-gpus/gpu.csv"),
        Case("runs/15-gpu-74-noheader/gpu.csv"),
        Case("runs/15-gpu-77-notsupported/gpu.csv"),
        Bytes("timestamp, index, utilization.gpu [%], memory.used [MiB]\n2023/08/03 14:20:27.000, 0, 5 %, 100 MiB\n2023/08/03 14:20:27.001, 1, [N/A], 7 MiB\n2023/08/03 14:20:27.200, 0, 100 %, 101 MiB\n"),
    ];

    public static byte[][] Tokens() =>
    [
        Head(Kv + "tokens.csv", 12),
        Bytes("phase,start_mono_ns,end_mono_ns\nwarmup,0,1000\nbench,1000,20000000\nbench,20000000,30000000\nbench,30000000,90000000\n"),
    ];

    public static byte[][] Layers() =>
    [
        Head(Kv + "layers.csv.zst", 30),
        Bytes("phase,call,start_mono_ns,end_mono_ns,token,layer,gpu_batch\nbench,compute_layer,0,1000,0,0,0\nbench,load_cache,1000,2000,0,1,0\nbench,compute_layer,20000000,21000000,1,0,0\nbench,sync,21000000,22000000,,,\n"),
    ];

    public static byte[][] TensorIo() =>
    [
        Head(Kv + "tensor_io.csv.zst", 25),
        Bytes("phase,tid,start_mono_ns,end_mono_ns,dir,file,first_row,rows,bytes\nbench,477,1,20000000,R,t,0,1,4096\nbench,477,30000000,40000000,W,u,3,1,8192\n"),
    ];

    public static byte[][] Tensors() =>
    [
        Bytes("""[{"file":"t","name":"layers.0.k_cache","layer":0,"role":"k_cache","shape":[32,512,128],"dtype":"torch.float16","phase":"warmup"},{"file":"u","name":"v","layer":1,"role":"v_cache","shape":[8],"dtype":"float8"}]"""),
        [.. Whole(Kv + "tensors.json").AsSpan(0, 1500), .. "}]"u8],
    ];

    public static byte[][] Marks() =>
    [
        Bytes("""{"argv":["kv.py"],"pid":820,"shape":[88,256,128],"dtype":"float16","npy_header":128,"marks":[{"ns":0,"what":"allocated"},{"ns":10,"what":"prefill","layer":0},{"ns":9000000,"what":"prefilled"},{"ns":10000000,"what":"decode","step":0},{"ns":20000000,"what":"decode","step":1},{"ns":30000000,"what":"done"}]}"""),
        Whole("nvmevirt/c-kvcache/marks.json"),
        Bytes("""{"marks":[{"ns":1,"what":"read","layer":1,"file":"t"},{"ns":30000000,"what":"read","layer":2}]}"""),
    ];

    public static byte[][] Fio() =>
    [
        Bytes("note: something\n{\"fio version\":\"fio-3.33\",\"time\":1,\"global options\":{\"bs\":\"1M\"},\"jobs\":[{\"jobname\":\"load\",\"groupid\":0,\"read\":{\"io_bytes\":104857600,\"bw_bytes\":1048576,\"iops\":1.5,\"runtime\":100,\"total_ios\":100},\"write\":{\"io_bytes\":0,\"bw_bytes\":0}}]}\n"),
        Whole("nvmevirt/b2-deepnvme-fio-alltools/fio-load.json"),
        Bytes("{\"fio version\":\"fio-3.33\",\"timestamp_ms\":1795000000000,\"global options\":{\"direct\":\"1\",\"ioengine\":\"libaio\"},\"jobs\":[{\"jobname\":\"a\",\"groupid\":0,\"elapsed\":2,\"job options\":{\"rw\":\"read\",\"iodepth\":\"8\",\"numjobs\":\"4\"},\"read\":{\"io_bytes\":104857600,\"bw_bytes\":1048576,\"total_ios\":100},\"write\":{}}]}\n"),
    ];

    public static byte[][] KvBenchmark() =>
    [
        Bytes("{\"requests_completed\":92,\"summary\":{\"elapsed_time\":25.04,\"cache_stats\":{\"tier_storage_kv_bytes_read_gb\":19.20165252685547,\"tier_storage_kv_bytes_written_gb\":1.53240966796875,\"total_read_bytes\":20617617408,\"total_write_bytes\":1645412352}}}\n"),
        Bytes("{\"summary\":{\"cache_stats\":{\"total_read_bytes\":20617617408,\"total_write_bytes\":1645412352}}}\n"),
    ];

    public static byte[][] SmartLog() =>
    [
        Bytes("{\"critical_warning\":0,\"temperature\":311,\"data_units_read\":14523423,\"data_units_written\":18349022,\"host_read_commands\":1,\"host_write_commands\":2}\n"),
        Bytes("{\"Physical media units written\":{\"hi\":0,\"lo\":14862708019200},\"Physical media units read\":{\"hi\":0,\"lo\":1},\"Percent free blocks\":99}\n"),
    ];

    public static byte[][] DiskStatistics() =>
    [
        Whole("loop-fio/copy-think/diskstats_after.txt"),
        Bytes("md0 78 0 2286 36 3895 0 894944 20304 0 1832 20340 0 0 0 0 0 0\nnvme0n1 60 0 966 50 942 91 224128 5093 0 1280 5156 2 0 653320 0 9 12\n"),
    ];

    public static byte[][] NvidiaFs() =>
    [
        Bytes("GDS Version: 1.7.0.149\nNVFS statistics(ver: 4.0)\nNVFS Driver(version: 2.17.5)\nIO stats: Enabled, peer IO stats: Enabled\n\nReads\t\t\t\t: n=1048576 ok=1048576 err=0 readMiB=131072 io_state_err=0\nWrites\t\t\t\t: n=512 ok=512 err=0 writeMiB=64 io_state_err=0\n"),
        Bytes("GDS Version: 1.14.0.31\nNVFS statistics(ver: 4.0)\nIO stats: Disabled, peer IO stats: Disabled\nReads\t\t\t\t: err=0 io_state_err=0\n"),
    ];

    public static byte[][] ThreadNames() => [Head(Kv + "comm.txt", 30), Bytes("477 fio\n235 nvmev_io_worker\n1 a b c\n"), Bytes("# tid comm tgid\n477 fio 470\n")];

    public static byte[][] CommandOutput() =>
    [
        Bytes("""
            # output of a command: CLOCK_MONOTONIC in ns, stream (1 output, 2 error), line
            66131066105 1 model size: 12.386 GB, cache size: 2.250 GB, hidden size (prefill): 0.035 GB
            66131066106 1 init weight...
            66131066107 2 warmup - generate
            66131066108 1 benchmark - generate
            88539431197 1 TorchDevice: cuda:0
            88539431198 1 prefill latency: 0.636 s	prefill throughput: 6442.805 token/s
            """),
        Bytes("""
            # output of a command: CLOCK_MONOTONIC in ns, stream (1 output, 2 error), line
            3030094619910 2 llama_perf_context_print:        load time =    2483.67 ms
            3030094619911 2 llama_perf_context_print: prompt eval time =    4550.60 ms /    16 tokens (  284.41 ms per token,     3.52 tokens per second)
            3030094619912 2 llama_perf_context_print:        eval time =   19190.03 ms /    11 runs   ( 1744.55 ms per token,     0.57 tokens per second)
            3030094619913 2 llama_perf_context_print:       total time =   23747.00 ms /    27 tokens
            """),
    ];

    public static byte[][] Logs() =>
    [
        Whole(Kv + "flexgen.log"),
        Whole(Kv + "stdout.txt"),
        Head("deepspeed/deepspeed-model-fullmask/stdout.txt", 40),
        Bytes("""
            [INFO] [real_accelerator.py:110:get_accelerator] Setting ds_accelerator to cuda
            model size: 23.921 GB, cache size: 0.220 GB, hidden size (prefill): 0.002 GB
            token_latency=[5.98, 3.3, 3.4e0, NaN]
            python3 run_model.py --model facebook/opt-13b --batch-size 1 --prompt-len 256 --gen-len 32 --cpu-offload
            prefill latency: 5.980 s	prefill throughput: 42.8 token/s
            decode latency: 103.448 s	decode throughput: 0.3 token/s
            total latency: 109.428 s	total throughput: 0.29 token/s

            """),
        Bytes("aio load_cpu: 1.0 GB, 0.241088124000089 secs,  4.15 GB/sec\npy store_gpu: 1.0 GB, 1e-3 secs,  1000 GB/sec\naio_1 load_gpu: 0.5 MB, 2 secs, 0.1 GB/sec\n"),
        Encoding.UTF8.GetBytes("100%|██████| 32/32 [00:01<00:00]\rmodel size: 1 GB\rGB/sec\n"),
    ];
}
