"""Who acts for a patient, as the compiler and a signature need it (45 CFR 164.502(g), 42 CFR 2.14, 2.15). Pure."""

from collections.abc import Iterable

from hallway.consent.law.facts import Acting, Word
from hallway.consent.rules import Opener
from hallway.record.classes import AUTHOR_ONLY, DataClass

MINOR_AGREES = "minor_agrees"
PARENT = "parent"
PROGRAM_FORMS = frozenset({"part2", "part2_tpo", "sud_counseling"})
STANDS_FOR_ADULTS = frozenset({"court_guardian", "executor"})
"""42 CFR 2.15(a)(1), (b): who signs for an adult adjudicated without capacity, and for the dead."""
_OPENABLE = int(~(AUTHOR_ONLY | DataClass.UNCLASSIFIED))
"""What such words may open at most: never what stands apart for its author, never what nobody has judged."""


def is_shut_out(one: Acting, words: Iterable[Word], source: int) -> bool:
    """Whether this source has decided not to treat this person as representative."""
    return any(
        word.representative == one.id and word.organization == source and word.kind != MINOR_AGREES for word in words
    )


def openers(one: Acting, words: Iterable[Word], source: int) -> tuple[Opener, ...]:
    """What the rules may lean on for this person: the minor's own agreement, or an authority that Part 2 knows."""
    found = [
        Opener(word.id, frozenset({MINOR_AGREES}), (word.classes or _OPENABLE) & _OPENABLE)
        for word in words
        if word.representative == one.id and word.kind == MINOR_AGREES and word.organization in (0, source)
    ]
    if not one.is_parent and one.authority in STANDS_FOR_ADULTS:
        found.append(Opener(f"representative/{one.id}", frozenset({"representative_authority"}), _OPENABLE))
    return tuple(found)


def narrowed(kinds: tuple[str, ...], scope: tuple[str, ...]) -> tuple[str, ...] | None:
    """The kinds of a grant within what the document allows (empty: all); None when nothing is left."""
    if not scope:
        return kinds
    if not kinds:
        return scope
    return tuple(kind for kind in kinds if kind in scope) or None


def may_not_sign(right: str, kind: str, *, is_of_age: bool, is_minors_own: bool) -> str:
    """Why somebody with this right may not sign such a form, as a word of ``refusals.not_theirs_to_sign``; empty: may.

    Care that a minor agreed to alone is the minor's to open (164.502(g)(3)(i), 42 CFR 2.14(a)); a parent's right ends
    with the child's eighteenth birthday; for an adult a program's records ask for a court's word (2.15(a)(1), (b)).
    """
    if is_minors_own and not is_of_age:
        return "minors_own"
    if is_of_age and right == PARENT:
        return "of_age"
    if is_of_age and kind in PROGRAM_FORMS and right not in STANDS_FOR_ADULTS:
        return "program"
    return ""
