using System.Text.Json;
using TraceAnalyzer.Reading.Inputs;
using TraceAnalyzer.SideFiles;

namespace TraceAnalyzer.Runs;

/// <summary>A kind of file that tells something of a run.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="PartName">What <c>parts</c> of run.json calls it; null if it cannot be named there.</param>
internal abstract record RunFileKind(string Name, string? PartName);

/// <summary>A table or log, told by its first lines.</summary>
/// <param name="Name">See <see cref="RunFileKind"/>.</param>
/// <param name="PartName">See <see cref="RunFileKind"/>.</param>
/// <param name="Recognizes">True if a file is of this kind.</param>
/// <param name="Read">Reads it; null if there is nothing in it after all.</param>
internal sealed record TextFileKind(string Name, string? PartName, Func<SideFile, bool> Recognizes, Func<SideFile, TextFileContent> Read) : RunFileKind(Name, PartName);

/// <summary>What was in a text file.</summary>
/// <param name="Part">The part.</param>
/// <param name="SkippedLines">Lines that made no sense.</param>
/// <param name="Remarks">What else is to be said, in sentences.</param>
internal readonly record struct TextFileContent(RunPart Part, int SkippedLines, IReadOnlyList<string> Remarks);

/// <summary>A JSON file, told by its members.</summary>
/// <param name="Name">See <see cref="RunFileKind"/>.</param>
/// <param name="PartName">See <see cref="RunFileKind"/>.</param>
/// <param name="Recognizes">True if a file is of this kind.</param>
/// <param name="Read">Reads it.</param>
internal sealed record JsonFileKind(string Name, string? PartName, Func<JsonElement, bool> Recognizes, Func<string, JsonElement, SideRemarks, RunPart> Read) : RunFileKind(Name, PartName);

/// <summary>A binary file, told by its first bytes, of which only the header is read.</summary>
/// <param name="Name">See <see cref="RunFileKind"/>.</param>
/// <param name="PartName">See <see cref="RunFileKind"/>.</param>
/// <param name="Recognizes">True if a file with these first bytes is of this kind.</param>
/// <param name="Read">Reads it: its name, and the opened file.</param>
internal sealed record BinaryFileKind(string Name, string? PartName, Func<ReadOnlyMemory<byte>, bool> Recognizes, Func<string, TraceInput, RunPart> Read) : RunFileKind(Name, PartName);

/// <summary>A kind that <see cref="RunFolder"/> reads itself, because such a file says several things.</summary>
/// <param name="Name">See <see cref="RunFileKind"/>.</param>
/// <param name="PartName">See <see cref="RunFileKind"/>.</param>
internal sealed record OtherFileKind(string Name, string? PartName) : RunFileKind(Name, PartName);
