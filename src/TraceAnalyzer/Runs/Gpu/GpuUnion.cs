namespace TraceAnalyzer.Runs.Gpu;

/// <summary>The mean of several GPUs over time.</summary>
internal static class GpuUnion
{
    /// <summary>At each time at which a GPU was sampled the mean of those whose last sample stands; a GPU's last sample stands for no time.</summary>
    public static IReadOnlyList<GpuSample> Of(IReadOnlyList<GpuSeries> gpus)
    {
        var changes = new List<(DateTime Time, double Percent, int Count)>();
        foreach (GpuSeries gpu in gpus)
        {
            IReadOnlyList<GpuSample> samples = gpu.Samples;
            for (int i = 0; i < samples.Count; i++)
            {
                bool ends = i == samples.Count - 1;
                double before = i == 0 ? 0 : samples[i - 1].UtilizationPercent;
                changes.Add((samples[i].LocalTime, (ends ? 0 : samples[i].UtilizationPercent) - before, (i == 0 ? 1 : 0) - (ends ? 1 : 0)));
            }
        }

        changes.Sort((one, other) => one.Time.CompareTo(other.Time));
        var union = new List<GpuSample>(changes.Count);
        double sum = 0;
        int standing = 0;
        for (int i = 0; i < changes.Count; i++)
        {
            sum += changes[i].Percent;
            standing += changes[i].Count;
            if (i + 1 < changes.Count && changes[i + 1].Time == changes[i].Time)
                continue;
            // Sums of decimals leave a trace of an idle GPU that must not count as work.
            double mean = standing == 0 ? 0 : Math.Round(Math.Max(0, sum) / standing, 6);
            union.Add(new GpuSample(changes[i].Time, Math.Min(100, mean)));
        }

        return union;
    }
}
