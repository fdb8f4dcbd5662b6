"""``python -m tools.us_core``: run every check, print what did not pass, write the page."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """1 when a check did not pass."""
    parser = argparse.ArgumentParser(prog="python -m tools.us_core", description=__doc__)
    parser.add_argument("metadata", type=Path, help="folder of Inferno's generated metadata")
    parser.add_argument("--lives", type=Path, help="folder of synthetic lives")
    parser.add_argument("--count", type=int, default=3, help="how many lives, the smallest first")
    parser.add_argument("--examples", type=Path, help="folder of US Core's examples")
    parser.add_argument("--page", type=Path, help="where the page is written")
    options = parser.parse_args()
    import django

    django.setup()
    from hallway.app.bench import scratch
    from tools.us_core import checks, metadata, running, table, world

    life_files = world.lives(options.lives, options.count) if options.lives else []
    example_files = world.examples(options.examples) if options.examples else []
    groups = metadata.groups(options.metadata)
    with scratch.database("uscore"):
        token = world.signed_in()
        refused = world.load(life_files, example_files)
        world.set_labels_aside()
        charts = world.treat_everybody()
        client = world.client(token)
        found = list(running.run(client, groups, world.sent_records([*life_files, *example_files])))
    for one in found:
        if one.outcome == checks.FAILED:
            print(f"{one.group}: {one.what} ({one.expectation}): {one.why}")
    for name in refused:
        print(f"not loaded: {name}")
    for told in running.tallied(found):
        print(f"{told.expectation}: {told.passed} passed, {told.failed} not, {told.without} without a record")
    dataset = (
        f"{len(life_files)} synthetic lives and {len(example_files)} examples of US Core (one Observation is made, and"
        f" a Provenance for each), {charts} patients; labels are set aside"
    )
    if options.page:
        options.page.write_text(table.page(groups, found, dataset), "utf-8")
    return int(any(one.outcome == checks.FAILED for one in found))


if __name__ == "__main__":
    sys.exit(main())
