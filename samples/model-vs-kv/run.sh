#!/usr/bin/env bash
# Analyzes a run with the model's weights on disk and one with the KV cache on disk, and shows their key numbers side by side,
# taken from overview.csv and sector_access.csv with awk. Needs only the .NET SDK.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=out/samples/model-vs-kv
for run in model-offload-b1-omp1 kv-offload-omp1; do
  dotnet run -c Release --project src/TraceAnalyzer.Cli -- analyze "traces/flexgen/$run" -o "$out/$run" --overwrite >/dev/null
done

# The only field with a comma in it is the device; its quotes split the line into "", device, rest.
awk -F'"' '
  FNR == 1 { name = FILENAME; sub(/.*model-vs-kv\//, "", name); table = name; sub(/\/.*/, "", name); sub(/.*\//, "", table); next }
  { split($3, f, ",") }
  f[2] != "class" || (f[3] != "read" && f[3] != "write") { next }
  table == "overview.csv" { requests[name, f[3]] = f[5]; gib[name, f[3]] = f[6] / 2^30; size[name, f[3]] = f[11] / 1024; share[name, f[3]] = f[12] * 100; rate[name, f[3]] = f[18] / 2^20 }
  table == "sector_access.csv" { mean[name, f[3]] = f[8]; gini[name, f[3]] = f[9] }
  END {
    printf "%-22s %-6s %9s %10s %10s %14s %14s %12s %7s\n", "run", "", "requests", "GiB", "MiB/s", "main size KiB", "% of requests", "accesses", "Gini"
    for (r = 1; r <= 2; r++) for (o = 1; o <= 2; o++) {
      name = r == 1 ? "model-offload-b1-omp1" : "kv-offload-omp1"; op = o == 1 ? "read" : "write"
      if ((name, op) in requests)
        printf "%-22s %-6s %9d %10.3f %10.1f %14d %14.1f %12.1f %7.3f\n", name, op, requests[name, op], gib[name, op], rate[name, op], size[name, op], share[name, op], mean[name, op], gini[name, op]
    }
  }' "$out"/*/overview.csv "$out"/*/sector_access.csv
