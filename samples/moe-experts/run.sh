#!/usr/bin/env bash
# Which experts did my mixture of experts read, from a block trace and the beginning of the model file? Needs the .NET SDK; jq for the last part.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
traceanalyzer() { dotnet run -c Release --project src/TraceAnalyzer.Cli -- "$@"; }
out=out/samples/moe-experts
run=traces/llamacpp/moe-mmap

# The run's folder holds the first bytes of the GGUF file; this is what they say.
traceanalyzer describe "$run/moe-8x2-f16.gguf.header"
traceanalyzer analyze "$run" -o "$out" --overwrite | sed -n '/^Model/,/^Unknown/p'

command -v jq >/dev/null || { echo 'jq is not installed: report.json is not queried.'; exit 0; }
echo 'From report.json, the experts that tokens read most (the page cache hides the most popular):'
jq -r '[.run.modelUse.experts.experts[] | select(.tokens > 0)] | sort_by(-.tokenReadBytes)[:5][]
  | "  layer \(.layer), expert \(.expert): \(.tokenReadBytes / 1048576 | round) MiB in \(.tokens) tokens; the router chose it for \(.routedTokens)"' "$out/report.json"
