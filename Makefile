.PHONY: setup check test demo docs
PY = .venv/bin/python

setup: ; @tools/setup.sh
