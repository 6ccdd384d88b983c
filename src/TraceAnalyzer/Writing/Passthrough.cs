namespace TraceAnalyzer.Writing;

/// <summary>Tells commands that a program or the driver sent past the block layer's reads and writes.</summary>
internal static class Passthrough
{
    /// <summary>True if an event is of such a command: its class is not that of its letters, or it has neither direction nor data.</summary>
    public static bool Is(in BlockEvent e) =>
        e.Class == OperationClass.Other
        && (e.Rwbs.Class != OperationClass.Other
            || (e.LengthBytes == 0
                && (byte)e.Rwbs.Packed == 'N'
                && e.Action is BlockAction.Issue or BlockAction.Complete or BlockAction.Insert or BlockAction.Requeue));
}
