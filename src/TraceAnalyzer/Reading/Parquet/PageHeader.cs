namespace TraceAnalyzer.Reading.Parquet;

/// <summary>What the header of a page says (<c>PageHeader</c> of parquet.thrift).</summary>
/// <param name="HeaderBytes">Its own bytes.</param>
/// <param name="Packed">Bytes of the page in the file.</param>
/// <param name="Unpacked">Bytes of the page unpacked.</param>
/// <param name="Values">Values in it.</param>
/// <param name="IsDictionary">True if these are not of rows.</param>
internal readonly record struct PageHeader(int HeaderBytes, long Packed, long Unpacked, long Values, bool IsDictionary)
{
    /// <summary>Reads a header at the start of bytes.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is longer.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes)
    {
        const int Unpacked = 2, Packed = 3, Data = 5, Dictionary = 7, DataVersion2 = 8;
        var cursor = new ThriftCursor(bytes);
        long unpacked = -1, packed = -1, values = 0;
        bool isDictionary = false;
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            switch (id)
            {
                case Unpacked when IsNumber(type):
                    unpacked = cursor.TakeNumber();
                    break;
                case Packed when IsNumber(type):
                    packed = cursor.TakeNumber();
                    break;
                case Data or Dictionary or DataVersion2 when type == ThriftCursor.Struct:
                    values = ReadValues(ref cursor, id == DataVersion2 ? Math.Max(0, packed) : long.MaxValue);
                    isDictionary = id == Dictionary;
                    break;
                default:
                    cursor.Skip(type);
                    break;
            }
        }

        return new PageHeader(cursor.Position, packed, unpacked, values, isDictionary);
    }

    // The first field of each kind says how many; in version 2 the fifth and sixth say how many of the page's bytes are levels.
    private static long ReadValues(ref ThriftCursor cursor, long levelBytes)
    {
        const int NumValues = 1, DefinitionBytes = 5, RepetitionBytes = 6;
        long values = -1;
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            if (!IsNumber(type))
            {
                cursor.Skip(type);
                continue;
            }

            long number = cursor.TakeNumber();
            if (id == NumValues)
                values = number;
            else if (levelBytes < long.MaxValue && id is DefinitionBytes or RepetitionBytes && (number < 0 || (levelBytes -= number) < 0))
                throw new InvalidDataException("a page has more levels than bytes");
        }

        return values;
    }

    private static bool IsNumber(int type) => type is >= ThriftCursor.Int16 and <= ThriftCursor.Int64;
}
