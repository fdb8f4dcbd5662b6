"""Why a survivor is no gap: module and function, or how they begin; words of the change; the reason."""

REASONS: tuple[tuple[str, str, str], ...] = ()
