"""What holds of a chart's grants whatever the facts: each says something, says it once, and singles out with reason."""

from itertools import groupby, pairwise, permutations

from hallway.consent.tables import library

UNTIMED = ("from_at", "until_at")
BY_ITEM = ("author", "kinds", "allow", "rule_ids", "consent_ids", "obligations")


def check(facts, grants, compiled_at):
    """Raise on the first grant that is empty, over, doubled, or singles out a person or duty that nothing names."""
    for row in grants:
        assert row.allow, row
        assert row.until_at is None or row.until_at > max(row.from_at, compiled_at), row
        assert not (row.grantee_practitioner and row.not_practitioners), row
        assert not row.sud_duty or any(library.rule(rule_id).sud_duty for rule_id in row.rule_ids), row
        check_persons(facts, row)
    check_times(grants)
    check_wider(grants)


def check_persons(facts, row):
    """A person is singled out at a practice only where a form, a restriction or an open emergency names them there."""
    if row.purpose == "INDIVIDUAL":
        return
    named = {one.to_person for one in (*facts.forms, *facts.limits) if one.to_org == row.grantee_org}
    named |= {one.person for one in facts.emergencies if one.org == row.grantee_org}
    assert {row.grantee_practitioner, *row.not_practitioners} - {0} <= named, row
    assert 0 not in row.not_practitioners, row


def without(row, names):
    return tuple((name, getattr(row, name)) for name in type(row).__slots__ if name not in names)


def check_times(grants):
    """The same right is one grant as long as it holds: its times neither overlap nor touch."""
    ordered = sorted(grants, key=lambda row: (repr(without(row, UNTIMED)), row.from_at))
    for _, same in groupby(ordered, key=lambda row: without(row, UNTIMED)):
        for earlier, later in pairwise(same):
            assert earlier.until_at is not None, (earlier, later)
            assert earlier.until_at < later.from_at, (earlier, later)


def check_wider(grants):
    """No grant lies within another of the same practice, persons and purpose that holds as long."""
    ordered = sorted(grants, key=lambda row: repr(without(row, (*BY_ITEM, *UNTIMED))))
    for _, same in groupby(ordered, key=lambda row: without(row, (*BY_ITEM, *UNTIMED))):
        for one, other in permutations(same, 2):
            assert not lies_within(one, other), (one, other)


def lies_within(one, other):
    as_long = other.from_at <= one.from_at and (
        other.until_at is None or (one.until_at is not None and one.until_at <= other.until_at)
    )
    by_all = other.author in (one.author, 0) and (not other.kinds or (one.kinds and set(one.kinds) <= set(other.kinds)))
    return as_long and by_all and not one.allow & ~other.allow
