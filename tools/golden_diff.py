"""Which golden cells change when a row of the law changes.

Run after editing a table, before committing it:   python -m tools.golden_diff
Against another revision than the last commit:     python -m tools.golden_diff REVISION

Prints every cell whose answer differs, with the rows behind it; exit 1 when some differ.
"""

import subprocess
import sys
from collections.abc import Mapping

import msgspec

from hallway import clock
from hallway.consent.explaining import what_if
from hallway.consent.tables import library

FOLDER = "hallway/consent/tables"


def committed(revision: str) -> dict[str, library.Table]:
    """The tables as they stand in a revision; a jurisdiction that was not there yet is left out."""
    found: dict[str, library.Table] = {}
    for jurisdiction in library.JURISDICTIONS:
        path = f"{revision}:{FOLDER}/{jurisdiction.lower()}.toml"
        shown = subprocess.run(["git", "show", path], capture_output=True, check=False)
        if shown.returncode == 0:
            found[jurisdiction] = msgspec.toml.decode(shown.stdout, type=library.Table)
    return found


def lines(before: Mapping[str, library.Table], after: Mapping[str, library.Table]) -> list[str]:
    """One line for each cell that differs."""
    on = clock.today()
    then, now = (what_if.golden(library.index(dict(tables))[1], on) for tables in (before, after))
    return [
        f"{'opens' if change.after.flows else 'shuts'}: {change.cell}"
        f"   [{', '.join(change.before.rule_ids)}] -> [{', '.join(change.after.rule_ids)}]"
        for change in what_if.differences(then, now)
    ]


def main(words: list[str]) -> int:
    """Compare the work tree with a revision."""
    revision = words[0] if words else "HEAD"
    now = {jurisdiction: library.read(jurisdiction) for jurisdiction in library.JURISDICTIONS}
    found = lines(committed(revision), now)
    print("\n".join([*found, f"{len(found)} golden cells differ from {revision}"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
