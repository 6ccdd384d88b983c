using TraceAnalyzer.Runs.Texts;
using TraceAnalyzer.SideFiles;

// phase,tid,start_mono_ns,end_mono_ns,dir,file,first_row,rows,bytes                      (FlexGen)
// bench,547,66203420234,66215111834,W,t_714,0,256,33554432
// phase,tid,start_mono_ns,end_mono_ns,dir,file,tensor,bytes                              (accelerate)
// bench,714,208606935237,208606938296,R,model-00002-of-00008.safetensors,model.layers.2.input_layernorm.weight,8192
// phase,op,start_mono_ns,end_mono_ns,param_id,file,bytes_or_pending,name                 (DeepSpeed)
// init,swap_out,229864091519,229916032402,0,0_param.tensor.swp,205914112,model.decoder.embed_tokens.weight
// init,wait_writes,229864389176,229916024077,-1,,1,
namespace TraceAnalyzer.Runs.Tensors;

/// <summary>Each tensor that a framework read from or wrote to its files, as it saw it itself (<c>tensor_io.csv</c>).</summary>
/// <param name="Transfers">The transfers, in the file's order.</param>
/// <param name="Waits">Times at which the framework waited for transfers it had started.</param>
/// <param name="SkippedLines">Lines that are neither.</param>
public sealed record TensorIo(IReadOnlyList<TensorTransfer> Transfers, IReadOnlyList<TransferWait> Waits, int SkippedLines)
{
    /// <summary>Values out of range and rows left out, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    internal static bool IsHeader(string line) =>
        DelimitedTable.Columns(line, ',') is var columns
        && columns.Contains("start_mono_ns") && columns.Contains("file") && (columns.Contains("bytes") || columns.Contains("bytes_or_pending"));

    /// <summary>Reads the file from its header on.</summary>
    public static TensorIo Read(TextReader text)
    {
        var table = new DelimitedTable(text, ',');
        (int phase, int operation, int file, int tensor) = (table.Column("phase"), table.Column("dir", "op"), table.Column("file"), table.Column("tensor"));
        (int start, int end) = (table.Column("start_mono_ns"), table.Column("end_mono_ns"));
        (int firstRow, int rows, int bytes) = (table.Column("first_row"), table.Column("rows"), table.Column("bytes", "bytes_or_pending"));
        var transfers = new List<TensorTransfer>();
        var waits = new List<TransferWait>();
        while (table.Next())
        {
            OperationClass? direction = DirectionOf(table.Text(operation));
            if (!table.TrySpan(start, end, out long startNs, out long endNs)
                || !table.TryNumber(bytes, SideRanges.TransferBytes, out long number)
                || !table.TryOptional(firstRow, SideRanges.Dimension, out long? first) || !table.TryOptional(rows, SideRanges.Dimension, out long? count))
            {
                table.Skip();
            }
            else if (direction is { } known && table.Text(file).Length > 0)
            {
                transfers.Add(new TensorTransfer(table.Text(phase), known, table.Text(file), first, count, number, startNs, endNs) { Tensor = tensor >= 0 && table.Text(tensor) is { Length: > 0 } name ? name : null });
            }
            else if (table.Text(operation).StartsWith("wait", StringComparison.Ordinal))
            {
                waits.Add(new TransferWait(table.Text(phase), table.Text(operation), (int)Math.Min(number, int.MaxValue), startNs, endNs));
            }
            else
            {
                table.Skip();
            }
        }

        return new TensorIo(transfers, waits, table.SkippedLines) { Remarks = table.Remarks };
    }

    private static OperationClass? DirectionOf(string operation) => operation switch
    {
        "R" or "swap_in" => OperationClass.Read,
        "W" or "swap_out" => OperationClass.Write,
        _ => null,
    };
}

/// <summary>One tensor, or rows of one, moved between memory and its file.</summary>
/// <param name="Phase">The phase, such as <c>bench</c>.</param>
/// <param name="Direction">Read or write.</param>
/// <param name="File">The file's name.</param>
/// <param name="FirstRow">First row of the tensor's outermost dimension; null if it was moved whole.</param>
/// <param name="Rows">How many rows; null if it was moved whole.</param>
/// <param name="LengthBytes">Bytes moved.</param>
/// <param name="StartMonotonicNs">Start on the monotonic clock, in nanoseconds. Of DeepSpeed's reads it is the submission only.</param>
/// <param name="EndMonotonicNs">End.</param>
public readonly record struct TensorTransfer(
    string Phase, OperationClass Direction, string File, long? FirstRow, long? Rows, long LengthBytes, long StartMonotonicNs, long EndMonotonicNs)
{
    /// <summary>The tensor's name; null if it is the only one in its file.</summary>
    public string? Tensor { get; init; }
}

/// <summary>A wait for transfers.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Operation">The framework's word for it.</param>
/// <param name="Pending">Transfers it waited for.</param>
/// <param name="StartMonotonicNs">Start on the monotonic clock, in nanoseconds.</param>
/// <param name="EndMonotonicNs">End.</param>
public readonly record struct TransferWait(string Phase, string Operation, int Pending, long StartMonotonicNs, long EndMonotonicNs);
