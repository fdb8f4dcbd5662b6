#!/bin/sh
# What tests need beyond Python: Chromium and PostgreSQL 15, from Debian. Installs them as root, else says what to do.
set -eu
# Libraries of others that the FHIR door is tried with, by their lock; without Node.js those tests are skipped.
node=.venv/clients
if command -v npm >/dev/null 2>&1 && ! cmp -s tests/clients/node/package-lock.json "$node/installed.json"; then
  echo "hallway: installing FHIR libraries of JavaScript for the tests"
  mkdir -p "$node"
  cp tests/clients/node/package.json tests/clients/node/package-lock.json "$node/"
  if (cd "$node" && npm ci --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund --silent >/dev/null 2>&1); then
    cp "$node/package-lock.json" "$node/installed.json"
  else
    echo "hallway: They could not be installed. Tests that use them will be skipped." >&2
  fi
fi
missing=
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing="$missing postgresql-15"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "hallway: installing$missing for the tests"
  # Debian would start a server of its own; the tests bring theirs.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
  apt-get update -qq >/dev/null 2>&1 || true
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null && exit 0
fi
echo "hallway: The tests need:$missing. Tests that use them will be skipped. Install them with: apt-get install$missing" >&2
