"""Why a survivor is no gap: module and function, or how they begin; words of the change; the reason."""

REASONS: tuple[tuple[str, str, str], ...] = (
    (
        "law.disclosing.decide",
        "not found or not question.classes -> not question.classes or not question.classes",
        "Where no row speaks, what follows finds nothing to take the first of; that fault is a denial too.",
    ),
    (
        "grants.compiler.in_force",
        "fact.span.from_at <= at -> fact.span.from_at < at",
        "At the very instant a membership begins the organization treats, and that is asked before whether it did.",
    ),
    (
        "grants.compiler._row",
        "0 -> 1",
        "The mask of the bare row: each cell and each opening puts its own in its place.",
    ),
    (
        "rules.base",
        "if not openers: -> if False:",
        "The short way for a setting without forms keeps its answers; the long way gives the same ones.",
    ),
    (
        "grants.decision._Source.add",
        "if by or kinds: -> if True:",
        "A way for all authors and kinds that is kept among the narrow ones fits every item there too, only later.",
    ),
    (
        "grants.decision.Plan.filter",
        "ways and _fits(ways, one) -> _fits(ways, one) and _fits(ways, one)",
        "No way at all fits nothing: the question before only spares the call.",
    ),
    (
        "grants.decision.Plan.decisions",
        "True -> False",
        "Both sides of the zip run over the same list: they are equally long.",
    ),
    (
        "grants.decision.Plan._each",
        "map(self._authors.get, map(_author, held), repeat(0)) if True else repeat(0)",
        "Where no clause singles out an author, looking each one up gives 0 for all, as the short way does.",
    ),
    (
        "grants.decision.Plan._each",
        "0 -> 1",
        "Where no clause singles out an author, any number stands for all. (The other 0, for authors whom no clause"
        " names where one names some, is noticed.)",
    ),
    (
        "grants.decision.Plan._each",
        "map(self._kinds.get, map(_kind, held), repeat('')) if True else repeat('')",
        "Where no clause singles out a kind, looking each one up gives the empty one for all, as the short way does.",
    ),
)
