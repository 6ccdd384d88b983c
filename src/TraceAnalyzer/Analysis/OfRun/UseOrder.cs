namespace TraceAnalyzer.Analysis.OfRun;

/// <summary>One order of things that several sequences use, each of them some of the things.</summary>
internal static class UseOrder
{
    /// <summary>
    /// For each thing the next one in an order in which as many as possible follow each other as they do in the sequences, -1 for the last and for what none uses: the longest sequence (the first of
    /// them) as it is, and what others have beside, behind what it follows in the first of them that has it.
    /// </summary>
    /// <param name="sequences">The sequences, each thing at most once in each.</param>
    /// <param name="count">Number of things, which are numbered from 0.</param>
    public static int[] Successors(IReadOnlyList<int[]> sequences, int count)
    {
        int[] next = new int[count];
        bool[] isPlaced = new bool[count];
        Array.Fill(next, -1);
        int first = -1;
        // Sorting is stable.
        foreach (int[] sequence in sequences.OrderByDescending(sequence => sequence.Length).Take(1).Concat(sequences))
        {
            int before = -1;
            foreach (int thing in sequence)
            {
                if (!isPlaced[thing] && before < 0)
                    (next[thing], first) = (first, thing);
                else if (!isPlaced[thing])
                    (next[thing], next[before]) = (next[before], thing);
                isPlaced[thing] = true;
                before = thing;
            }
        }

        return next;
    }
}
