#!/usr/bin/env bash
# KV-cache offloading against model offloading, from the captures in traces/: what changed, what did not, and the figures.
# Usage: run.sh [OUTPUT-FOLDER]; without one the figures go to a temporary folder. docs/compare.md shows what it prints.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:-$(mktemp -d)/kv-vs-model}

dotnet run -c Release --project "$root/src/TraceAnalyzer.Cli" -- compare \
  "$root/traces/flexgen/kv-offload-omp1" "$root/traces/flexgen/model-offload-b1-omp1" -o "$out"
