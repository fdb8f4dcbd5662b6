"""One measured figure, and how it is printed. Without ``checked`` a figure does not count."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` in ``unit``; ``ratio`` to ``baseline`` where one ran in the same process; ``checked`` in this run."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    dataset: str
    checked: str

    def json_line(self) -> str:
        """One JSON object on one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def text_line(self) -> str:
        """One line for a person."""
        ratio = "" if self.ratio is None else f", ratio {self.ratio:.3g}"
        return f"{self.name}: {self.value:,.4g} {self.unit}{ratio} ({self.dataset}; checked: {self.checked})"


Bench = Callable[[argparse.Namespace], Iterator[Figure]]
"""Each module in this folder has ``NAME`` and ``run``, which is a Bench."""
