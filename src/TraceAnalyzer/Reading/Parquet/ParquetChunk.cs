namespace TraceAnalyzer.Reading.Parquet;

/// <summary>Where the pages of one column of a row group lie.</summary>
/// <param name="Values">How many values they hold.</param>
/// <param name="Offset">Where the first begins in the file.</param>
/// <param name="Bytes">Their bytes, headers included.</param>
/// <param name="Depth">Names in the column's path; 1 for a column that is not nested.</param>
internal readonly record struct ParquetChunk(long Values, long Offset, long Bytes, int Depth)
{
    /// <summary>Reads a <c>ColumnChunk</c> (parquet.thrift).</summary>
    public static ParquetChunk Read(ref ThriftCursor cursor)
    {
        const int FilePath = 1, MetaData = 3;
        ParquetChunk? chunk = null;
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            if (id == FilePath)
                throw new InvalidDataException("a column lies in another file");
            if (id == MetaData && type == ThriftCursor.Struct)
                chunk = ReadMetaData(ref cursor);
            else
                cursor.Skip(type);
        }

        return chunk ?? throw ThriftCursor.Damaged();
    }

    private static ParquetChunk ReadMetaData(ref ThriftCursor cursor)
    {
        const int Path = 3, NumValues = 5, Compressed = 7, DataOffset = 9, DictionaryOffset = 11;
        long values = -1, bytes = -1, data = -1, dictionary = 0;
        int depth = 0;
        for (int id = 0; cursor.NextField(ref id) is var type and not ThriftCursor.Stop;)
        {
            switch (id)
            {
                case Path when type == ThriftCursor.List:
                    depth = cursor.TakeList(out int element);
                    for (int i = 0; i < depth; i++)
                        cursor.Skip(element);
                    break;
                case NumValues when type == ThriftCursor.Int64:
                    values = cursor.TakeNumber();
                    break;
                case Compressed when type == ThriftCursor.Int64:
                    bytes = cursor.TakeNumber();
                    break;
                case DataOffset when type == ThriftCursor.Int64:
                    data = cursor.TakeNumber();
                    break;
                case DictionaryOffset when type == ThriftCursor.Int64:
                    dictionary = cursor.TakeNumber();
                    break;
                default:
                    cursor.Skip(type);
                    break;
            }
        }

        // A dictionary comes before the data; some writers say 0 where there is none.
        long offset = dictionary > 0 && dictionary < data ? dictionary : data;
        return values < 0 || bytes < 0 || offset < 0 || depth == 0 ? throw ThriftCursor.Damaged() : new ParquetChunk(values, offset, bytes, depth);
    }
}
