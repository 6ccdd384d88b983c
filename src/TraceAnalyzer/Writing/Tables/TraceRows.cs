using TraceAnalyzer.Reading;

namespace TraceAnalyzer.Writing.Tables;

/// <summary>The table that the options ask for, requests or events.</summary>
internal sealed class TraceRows
{
    private readonly RequestTable? _requests;
    private readonly EventTable? _events;

    public TraceRows(WriteContext context)
    {
        if (context.Options.Rows == WrittenRows.Requests)
            Table = _requests = new RequestTable(context);
        else
            Table = _events = new EventTable(context);
    }

    /// <summary>The table.</summary>
    public TraceTable Table { get; }

    /// <summary>Adds a request.</summary>
    public void Append(in IoRequest request) => _requests!.Append(request);

    /// <summary>Adds an event.</summary>
    public void Append(in BlockEvent e, EventPayloads payloads) => _events!.Append(e, payloads);
}
