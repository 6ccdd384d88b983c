#!/usr/bin/env bash
# Analyzes the KV-cache capture and answers, from report.json, what the run did to the disk. Needs the .NET SDK; jq for the last part.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
traceanalyzer() { dotnet run -c Release --project src/TraceAnalyzer.Cli -- "$@"; }
out=out/samples/kv-cache-run

traceanalyzer analyze traces/flexgen/kv-offload-omp1 -o "$out" --overwrite

# tokens.csv says when the prefill ended: 248 ms after the trace's first event. The rest is decoding, a pass over the cache for each token.
printf '\nPrefill:\n'
traceanalyzer info traces/flexgen/kv-offload-omp1 --to 248ms | sed -n '/operation/,/^$/p'
printf 'Decoding:\n'
traceanalyzer info traces/flexgen/kv-offload-omp1 --from 248ms | sed -n '/operation/,/^$/p'

command -v jq >/dev/null || { echo 'jq is not installed: report.json is not queried.'; exit 0; }
echo 'From report.json:'
jq -r '.devices[0] as $device | $device.operations[] | select(.scope == "class" and .name == "read")
  | "  reads are \($device.readShareOfBytes * 1000 | round / 10) % of the bytes",
    "  \(.sizes.dominatingShareOfRequests * 1000 | round / 10) % of the reads are of \(.sizes.dominatingSizeBytes / 1024) KiB",
    "  a sector that is read at all is read \(.sectorAccess.meanAccesses * 10 | round / 10) times",
    "  half of the reads take less than \(.latency.d2C.p50Ns / 1000 | round) us in driver and device"' "$out/report.json"
