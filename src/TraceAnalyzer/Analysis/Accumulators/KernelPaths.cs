using System.Collections.Frozen;

namespace TraceAnalyzer.Analysis.Accumulators;

/// <summary>
/// Which path through the kernel issued an I/O, told by the functions of its call stack: the function nearest to the device that is in
/// the table decides, so that a write-back which a direct write forces is a write-back. Described in docs/analyses/kernel-paths.md.
/// </summary>
internal static class KernelPaths
{
    /// <summary>Path of a stack none of whose functions is in the table.</summary>
    public const string Other = "other";

    /// <summary>Path of a stack that has addresses only.</summary>
    public const string Unresolved = "unresolved";

    /// <summary>Path of requests without a stack.</summary>
    public const string NoStack = "no-stack";

    /// <summary>Every rule: a function, the path that it is on, and where the kernel (6.18, older names included) has it.</summary>
    public static IReadOnlyList<(string Function, string Path, string Source)> Rules { get; } =
    [
        ("jbd2_journal_commit_transaction", "journal", "fs/jbd2/commit.c"),
        ("jbd2_log_do_checkpoint", "journal", "fs/jbd2/checkpoint.c"),
        ("jbd2_write_superblock", "journal", "fs/jbd2/journal.c"),
        ("kjournald2", "journal", "fs/jbd2/journal.c"),
        ("xlog_write_iclog", "journal", "fs/xfs/xfs_log.c"),
        ("xlog_sync", "journal", "fs/xfs/xfs_log.c"),
        ("btrfs_sync_log", "journal", "fs/btrfs/tree-log.c"),
        ("f2fs_write_checkpoint", "journal", "fs/f2fs/checkpoint.c"),
        ("__iomap_dio_rw", "direct", "fs/iomap/direct-io.c"),
        ("iomap_dio_rw", "direct", "fs/iomap/direct-io.c"),
        ("__blockdev_direct_IO", "direct", "fs/direct-io.c"),
        ("do_blockdev_direct_IO", "direct", "fs/direct-io.c, before 4.20"),
        ("blkdev_direct_IO", "direct", "block/fops.c"),
        ("__blkdev_direct_IO", "direct", "block/fops.c"),
        ("__blkdev_direct_IO_simple", "direct", "block/fops.c"),
        ("__blkdev_direct_IO_async", "direct", "block/fops.c"),
        ("swap_read_folio", "swap", "mm/page_io.c"),
        ("swap_readpage", "swap", "mm/page_io.c, before 6.7"),
        ("swap_writeout", "swap", "mm/page_io.c"),
        ("swap_writepage", "swap", "mm/page_io.c, before 6.16"),
        ("__swap_writepage", "swap", "mm/page_io.c"),
        ("swapin_readahead", "swap", "mm/swap_state.c"),
        ("swap_cluster_readahead", "swap", "mm/swap_state.c"),
        ("do_swap_page", "swap", "mm/memory.c"),
        ("filemap_fault", "mmap-fault", "mm/filemap.c"),
        ("filemap_get_pages", "readahead", "mm/filemap.c"),
        ("filemap_read", "readahead", "mm/filemap.c"),
        ("generic_file_buffered_read", "readahead", "mm/filemap.c, before 5.12"),
        ("force_page_cache_ra", "readahead", "mm/readahead.c: fadvise(), madvise(), readahead()"),
        ("ksys_readahead", "readahead", "mm/readahead.c"),
        ("filemap_splice_read", "readahead", "mm/filemap.c"),
        ("do_writepages", "write-back", "mm/page-writeback.c"),
        ("writeback_sb_inodes", "write-back", "fs/fs-writeback.c"),
        ("wb_writeback", "write-back", "fs/fs-writeback.c"),
        ("wb_workfn", "write-back", "fs/fs-writeback.c"),
        ("filemap_fdatawrite_wbc", "write-back", "mm/filemap.c"),
        ("shrink_folio_list", "write-back", "mm/vmscan.c: pages of files under memory pressure"),
        ("shrink_page_list", "write-back", "mm/vmscan.c, before 5.19"),
        ("ext4_read_bh", "metadata", "fs/ext4/super.c"),
        ("ext4_read_bh_lock", "metadata", "fs/ext4/super.c"),
        ("ext4_read_bh_nowait", "metadata", "fs/ext4/super.c"),
        ("ext4_sb_breadahead_unmovable", "metadata", "fs/ext4/super.c"),
        ("__ext4_get_inode_loc", "metadata", "fs/ext4/inode.c"),
        ("__bread_gfp", "metadata", "fs/buffer.c"),
        ("__breadahead", "metadata", "fs/buffer.c"),
        ("bh_read_batch", "metadata", "fs/buffer.c"),
        ("__bh_read_batch", "metadata", "fs/buffer.c"),
        ("__sync_dirty_buffer", "metadata", "fs/buffer.c"),
        ("write_dirty_buffer", "metadata", "fs/buffer.c"),
        ("fsync_buffers_list", "metadata", "fs/buffer.c"),
        ("xfs_buf_read_map", "metadata", "fs/xfs/xfs_buf.c"),
        ("xfs_buf_submit", "metadata", "fs/xfs/xfs_buf.c"),
        ("read_extent_buffer_pages", "metadata", "fs/btrfs/extent_io.c"),
        ("blkdev_issue_flush", "flush", "block/blk-flush.c"),
        ("blk_mq_run_work_fn", "deferred", "block/blk-mq.c"),
        ("blk_mq_requeue_work", "deferred", "block/blk-mq.c"),
        ("blk_mq_complete_request", "deferred", "block/blk-mq.c: a completion that makes room for others"),
        ("blk_mq_end_request", "deferred", "block/blk-mq.c"),
        ("blk_flush_complete_seq", "deferred", "block/blk-flush.c"),
    ];

    private static readonly FrozenDictionary<string, string> s_paths = Rules.ToFrozenDictionary(rule => rule.Function, rule => rule.Path);

    /// <summary>What a path is, in a few words.</summary>
    public static string Meaning(string path) => path switch
    {
        "readahead" => "buffered reads: the page cache fills itself, as a rule ahead of the reader",
        "mmap-fault" => "page faults on mapped files",
        "direct" => "O_DIRECT, past the page cache",
        "write-back" => "dirty pages written by the kernel's flusher, fsync, msync or under memory pressure",
        "journal" => "the file system's log",
        "metadata" => "inodes, bitmaps and directories",
        "swap" => "anonymous memory in and out",
        "flush" => "cache flushes asked for by the file system",
        "deferred" => "issued later by a worker of the block layer: the stack does not show for whom",
        Unresolved => "no symbols for the addresses; keep a copy of /proc/kallsyms beside the trace",
        NoStack => "no kernel stack was recorded",
        _ => "none of the functions is known to the table",
    };

    /// <summary>The path of a stack, innermost function first.</summary>
    public static string Of(IReadOnlyList<string> frames)
    {
        bool hasNames = false;
        foreach (string frame in frames)
        {
            // Compilers add ".isra.0", ".constprop.0", ".part.0" to clones.
            int dot = frame.IndexOf('.', StringComparison.Ordinal);
            if (s_paths.TryGetValue(dot > 0 ? frame[..dot] : frame, out string? path))
                return path;
            hasNames |= !frame.StartsWith("0x", StringComparison.Ordinal);
        }

        return hasNames ? Other : Unresolved;
    }
}
