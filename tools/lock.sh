#!/bin/sh
# Pins every dependency with hashes. No address of an index is written.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || echo .venv/bin/uv)
compile() { "$uv" pip compile --quiet --generate-hashes --no-header --no-annotate --universal --python-version 3.11 "$@"; }
# The larger set first: the product then takes the same versions.
compile pyproject.toml --group dev -o requirements-test.lock
compile pyproject.toml -c requirements-test.lock -o requirements.lock
echo "uv==0.13.9" | compile - -o tools/uv.lock
