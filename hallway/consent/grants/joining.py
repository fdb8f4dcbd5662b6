"""What the other charts of a merged patient take away from one chart's facts. Pure; nothing here ever adds.

Each chart keeps what opens it: its forms, its care team, its judgements. What shuts counts in all of them, because it
was one patient who said it: an agreed restriction, and a form taken back after another of its kind was signed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hallway.consent.law.facts import ChartFacts, Form, Limit


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A form that was taken back, wholly (``at``) or for some recipients (``not_for``)."""

    kind: str
    discloser_org: int
    recipient_org: int
    at: datetime | None
    not_for: tuple[int, ...] = ()

    def means(self, form: Form) -> bool:
        """Whether a form of another chart is of the same kind, from the same discloser, to the same recipient."""
        same = (self.kind, self.discloser_org, self.recipient_org)
        return same == (form.kind, form.discloser_org, form.recipient_org)


def narrowed(facts: ChartFacts, limits: Sequence[Limit], taken_back: Sequence[TakenBack]) -> ChartFacts:
    """The facts of a chart under what was said in the others."""
    if not limits and not taken_back:
        return facts
    forms = tuple(_form(one, taken_back) for one in facts.forms)
    return replace(facts, limits=(*facts.limits, *limits), forms=forms)


def _form(form: Form, taken_back: Iterable[TakenBack]) -> Form:
    """A form until it was taken back elsewhere."""
    meant = [one for one in taken_back if one.means(form)]
    ends = [one.at for one in meant if one.at is not None and one.at > form.span.from_at]
    if form.span.until_at is not None:
        ends.append(form.span.until_at)
    not_for = tuple(sorted({*form.not_for, *(org for one in meant for org in one.not_for)}))
    return replace(form, not_for=not_for, span=replace(form.span, until_at=min(ends, default=None)))
