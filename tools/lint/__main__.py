"""Run every house rule; exit 1 with the findings where one is broken."""

import importlib
import pkgutil
import sys
from pathlib import Path

from tools import lint

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Every module of this package, in order of name."""
    findings: list[str] = []
    for module in sorted(found.name for found in pkgutil.iter_modules(lint.__path__)):
        if module not in {"__main__", "source"}:
            findings += importlib.import_module(f"tools.lint.{module}").check(ROOT)
    for finding in findings:
        print(finding)
    print(f"house rules: {len(findings)} broken")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
