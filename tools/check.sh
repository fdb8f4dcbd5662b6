#!/bin/sh
# Everything a machine can say about the code, side by side; the answers are printed in order.
set -u
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
[ -x "$bin/ruff" ] || bin=$(dirname "$(command -v ruff)")
export PATH="$bin:$PATH"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
basedpyright >"$out/types" 2>&1 & types=$!
lint-imports >"$out/imports" 2>&1 & imports=$!
python -m tools.lint >"$out/rules" 2>&1 & rules=$!
bad=0
say() { if [ "$2" = 0 ]; then echo "ok    $1"; else echo "FAILED $1"; tail -60 "$out/$3"; bad=1; fi; }
ruff format --check . >"$out/format" 2>&1; say "format" $? format
ruff check . >"$out/lint" 2>&1; say "lint" $? lint
wait $imports; say "import contracts" $? imports
wait $rules; say "house rules" $? rules
wait $types; say "types" $? types
exit $bad
