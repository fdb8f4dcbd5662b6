#!/bin/sh
# Makes .venv from the lock. `tools/setup.sh test` adds what tests and checks need. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
want=requirements.lock
[ "${1:-}" = test ] && want=requirements-test.lock

stamp() { cat "$1" tools/setup.sh; pwd; }
sum() { stamp "$1" | cksum; }
have() { [ -x .venv/bin/python ] && [ -f ".venv/stamp-$1" ] && [ "$(cat ".venv/stamp-$1")" = "$(sum "$1")" ]; }
have "$want" && exit 0
# The test lock holds all of the product's lock.
[ "$want" = requirements.lock ] && have requirements-test.lock && exit 0

python=
for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
  if command -v "$name" >/dev/null 2>&1 &&
    "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "hallway: No Python 3.11 or later with venv was found. Nothing was installed. Install one, or set PYTHON." >&2
  exit 1
fi

echo "hallway: setting up .venv (once)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r tools/uv.lock
  uv=.venv/bin/uv
fi
# The index that pip was told to use is told to uv as well.
index=$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)
[ -n "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || [ -z "${PIP_INDEX_URL:-$index}" ] || export UV_DEFAULT_INDEX="${PIP_INDEX_URL:-$index}"
"$uv" pip install --quiet --python .venv/bin/python --require-hashes -r "$want"

# Hallway itself runs from this folder: no build, so an edit shows at once.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/hallway.pth"
printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m hallway.app.cli "$@"\n' "$(pwd)" > .venv/bin/hallway
chmod +x .venv/bin/hallway
.venv/bin/python -m compileall -q hallway >/dev/null || true
sum "$want" > ".venv/stamp-$want"
