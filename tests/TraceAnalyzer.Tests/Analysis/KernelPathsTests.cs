using Microsoft.Diagnostics.Tracing.Etlx;
using TraceAnalyzer.Analysis;
using TraceAnalyzer.Analysis.Accumulators;
using TraceAnalyzer.Reading;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Tests.Oracles;
using TraceAnalyzer.Tests.Reading;

namespace TraceAnalyzer.Tests.Analysis;

[Trait("Kind", "capture")]
public sealed class KernelPathsTests
{
    [Theory]
    [InlineData("readahead", "blk_mq_submit_bio;submit_bio_noacct;read_pages;page_cache_ra_order;filemap_get_pages;filemap_read;vfs_read;do_syscall_64")]
    [InlineData("mmap-fault", "blk_finish_plug;read_pages;page_cache_ra_unbounded;filemap_fault;__do_fault;handle_mm_fault;exc_page_fault")]
    [InlineData("direct", "blk_finish_plug;__iomap_dio_rw;iomap_dio_rw;ext4_file_write_iter;lo_rw_aio.isra.0;loop_process_work;process_one_work")]
    [InlineData("write-back", "submit_bio;ext4_io_submit;ext4_do_writepages;ext4_writepages;do_writepages;filemap_fdatawrite_wbc;iomap_dio_rw")]
    [InlineData("journal", "blk_finish_plug;jbd2_journal_commit_transaction;kjournald2;kthread;ret_from_fork")]
    [InlineData("metadata", "submit_bio;__sync_dirty_buffer;ext4_write_inode;ext4_fsync_nojournal.constprop.0")]
    [InlineData("deferred", "blk_mq_start_request;blk_mq_dispatch_rq_list;blk_mq_run_work_fn;process_one_work;worker_thread;kthread")]
    [InlineData("swap", "submit_bio;swap_read_folio;swap_cluster_readahead;swapin_readahead;do_swap_page;handle_mm_fault")]
    [InlineData("other", "blk_mq_start_request;something_new")]
    [InlineData("unresolved", "0xffffffff81000000;0xffffffff81000010")]
    public void The_function_nearest_to_the_device_decides(string path, string frames) => Assert.Equal(path, KernelPaths.Of(frames.Split(';')));

    [Fact]
    public void Every_rule_has_a_meaning_and_a_source_and_no_function_has_two()
    {
        Assert.Equal(KernelPaths.Rules.Count, KernelPaths.Rules.Select(rule => rule.Function).Distinct().Count());
        Assert.All(KernelPaths.Rules, rule =>
        {
            Assert.NotEqual(KernelPaths.Meaning(KernelPaths.Other), KernelPaths.Meaning(rule.Path));
            Assert.Matches(@"^(fs|mm|block)/.*\.c", rule.Source);
        });
    }

    [Fact]
    public void The_captures_requests_are_told_by_path()
    {
        TraceReport report = TraceFiles.Analyse(new AnalysisOptions(), TraceFiles.Find("loop-nettrace/kv.nettrace"));
        DeviceReport loop = report.Devices.Single(device => device.Device == "7,0");

        // The program writes through a memory map and calls msync and fsync; ext4's journal is the only other writer of weight.
        Assert.Equal("write-back", loop.Paths[0].Path);
        Assert.Contains(loop.Paths, path => path is { Path: "journal", WriteRequests: > 0, ReadRequests: 0 });
        Assert.DoesNotContain(loop.Paths, path => path.Path is KernelPaths.Unresolved or KernelPaths.NoStack);
        Assert.DoesNotContain(report.Devices.SelectMany(device => device.Paths), path => path.Path == KernelPaths.Other);
        Assert.Equal(1, loop.Paths.Sum(path => path.ShareOfBytes!.Value), 9);

        // The loop device's worker writes to its file with O_DIRECT.
        DeviceReport disk = report.Devices.Single(device => device.Device == "254,0");
        Assert.Contains(disk.Paths, path => path is { Path: "direct", WriteRequests: > 500 });
        foreach (DeviceReport device in report.Devices)
        {
            OverviewResult[] classes = [.. device.Operations.Where(operation => operation.Scope == OperationScope.Class).Select(operation => operation.Overview)];
            Assert.Equal(classes.Sum(overview => overview.Requests), device.Paths.Sum(path => path.ReadRequests + path.WriteRequests + path.OtherRequests));
            Assert.Equal(classes.Sum(overview => overview.Requests), device.Stacks.Sum(stack => stack.Requests));
        }
    }

    [Fact]
    public void Stacks_are_those_that_TraceLog_resolves()
    {
        using TraceInput input = CompressedInput.OpenFile(TraceFiles.Find("loop-nettrace/kv.nettrace"));
        DirectoryInfo folder = Directory.CreateTempSubdirectory("traceanalyzer-tracelog-");
        try
        {
            string plain = Path.Combine(folder.FullName, "kv.nettrace");
            using (FileStream copy = File.Create(plain))
                input.Content.CopyTo(copy);
            using var log = new TraceLog(TraceLog.CreateFromEventPipeDataFile(plain));
            var expected = new List<string>();
            foreach (Microsoft.Diagnostics.Tracing.TraceEvent e in log.Events)
            {
                if (e.ProviderName == "block" && e.EventName == "block_rq_issue")
                    expected.Add(KernelFrames(e));
            }

            using ITraceReader reader = TraceFormats.Open([plain]);
            List<BlockEvent> issues = [.. TraceReading.ReadAll(reader).Events.Where(e => e.Action == BlockAction.Issue)];
            Assert.Equal(expected, issues.Select(e => string.Join(';', reader.Stacks!.Frames(e.Stack))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string KernelFrames(Microsoft.Diagnostics.Tracing.TraceEvent e)
    {
        var frames = new List<string>();
        for (TraceCallStack? frame = e.CallStack(); frame is not null && frame.CodeAddress.Address >= 0x8000_0000_0000_0000; frame = frame.Caller)
            frames.Add(frame.CodeAddress.FullMethodName);
        return string.Join(';', frames);
    }
}
