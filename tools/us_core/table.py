"""The page of what passed, written from one run."""

from collections.abc import Sequence

from tools.us_core import running
from tools.us_core.checks import FAILED, WITHOUT, Check
from tools.us_core.metadata import Group

HEAD = """# US Core, checked

Written by `python -m tools.us_core`; the searches, reads and must-support elements are those that Inferno's test kit
for US Core 6.1.0 was generated with. Each search is tried with up to three records that meet it, by GET and by POST,
with and without the systems of its codes; what comes back must hold the record, and nothing that does not meet the
search by a reading of the values that shares nothing with the index. "No such record" means that neither the synthetic
lives nor the examples of US Core hold one to try it with.
"""


def page(groups: Sequence[Group], found: Sequence[Check], dataset: str) -> str:
    """The whole page."""
    lines = [HEAD, f"Data: {dataset}.\n", "| checks | passed | not passed | no such record |", "|---|---:|---:|---:|"]
    lines += [f"| {one.expectation} | {one.passed} | {one.failed} | {one.without} |" for one in running.tallied(found)]
    lines += ["", "## By profile", "", "| profile | passed | not passed | no such record |", "|---|---:|---:|---|"]
    for group in groups:
        own = [one for one in found if one.group == group.key]
        failed = [f"{one.what}: {one.why}" for one in own if one.outcome == FAILED]
        without = [_short(one) for one in own if one.outcome == WITHOUT]
        passed = len(own) - len(failed) - len(without)
        lines.append(f"| {group.title} | {passed} | {'; '.join(failed) or 0} | {', '.join(without)} |")
    return "\n".join(lines) + "\n"


def _short(one: Check) -> str:
    text = one.what.removeprefix("element ").replace("|", "\\|")
    return f"{text} ({one.expectation})" if one.what.startswith("search") else text
