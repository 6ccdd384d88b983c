#!/usr/bin/env bash
# Two frameworks that keep the weights on disk, from the captures in traces/: FlexLLMGen reads through the page cache, DeepSpeed past it.
# Usage: run.sh [OUTPUT-FOLDER]; without one the page and the figures go to a temporary folder. docs/compare-frameworks.md shows what it prints.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:-$(mktemp -d)/flexgen-vs-deepspeed}

dotnet run -c Release --project "$root/src/TraceAnalyzer.Cli" -- compare \
  "$root/traces/flexgen/model-offload-b1-omp1" "$root/traces/deepspeed/deepspeed-model-fullmask" -o "$out"
