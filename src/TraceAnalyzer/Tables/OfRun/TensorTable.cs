using TraceAnalyzer.Reports.OfRun;
using TraceAnalyzer.Reports.OfTrace;
using TraceAnalyzer.Text;

namespace TraceAnalyzer.Tables.OfRun;

/// <summary>Bytes by tensor (docs/analyses/tensors-and-layers.md).</summary>
public static class TensorTable
{
    /// <summary>A row per tensor, what is unmapped last.</summary>
    public static readonly TableOf<TraceReport> Tensors = new("tensors", "Tensors",
        [
            Column.Text("file", "File"), Column.Text("tensor", "Tensor"), Column.Id("layer", "Layer"), Column.Text("role", "Role"), Column.Text("projection", "Matrix"), Column.Id("expert", "Expert"),
            Column.Bytes("offset_bytes", "Offset"), Column.Bytes("length_bytes", "Length"), Column.Count("reads", "Times read"),
            Column.Count("read_requests", "Reads"), Column.Bytes("read_bytes", "Read"), Column.Bytes("distinct_read_bytes", "Read at least once"), Column.Count("write_requests", "Writes"), Column.Bytes("write_bytes", "Written"),
            Column.Bytes("framework_read_bytes", "Framework read"), Column.Bytes("framework_write_bytes", "Framework wrote"),
        ],
        (report, rows) =>
        {
            IEnumerable<TensorUse> all = report.Run is { } run ? run.Unmapped is null ? run.Tensors : run.Tensors.Append(run.Unmapped) : [];
            foreach (TensorUse tensor in all)
            {
                rows.Add(tensor.File, tensor.Tensor, tensor.Layer, tensor.Role is { } role ? EnumNames.Kebab(role) : null, tensor.Projection, tensor.Expert, tensor.OffsetBytes, tensor.LengthBytes, tensor.Reads,
                    tensor.ReadRequests, tensor.ReadBytes, tensor.DistinctReadBytes, tensor.WriteRequests, tensor.WriteBytes,
                    tensor.FrameworkReadBytes, tensor.FrameworkWriteBytes);
            }
        })
    {
        Note = "the row without a file is what is unmapped",
    };
}
