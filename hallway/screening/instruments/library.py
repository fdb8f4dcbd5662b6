"""Every instrument by its key, read once from the TOML files; a file that contradicts itself stops the start."""

from functools import cache
from importlib.resources import files

import msgspec

from hallway.screening.instruments import checking
from hallway.screening.instruments.shapes import Instrument


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Every instrument, in order of key. Raises ValueError with every fault of the files."""
    folder = files("hallway.screening.tables") / "instruments"
    found = [
        msgspec.toml.decode(entry.read_bytes(), type=Instrument)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    faults = checking.faults(found)
    if faults:
        raise ValueError(f"Instruments: {'; '.join(faults)}. Nothing was loaded. Mend the files.")
    return tuple(found)


@cache
def _by_key() -> dict[str, Instrument]:
    return {instrument.key: instrument for instrument in all_instruments()}


def instrument(key: str) -> Instrument:
    """The instrument of that key. Raises KeyError for an unknown one."""
    return _by_key()[key]


def instrument_or_none(key: str) -> Instrument | None:
    """The instrument of that key, if there is one: for keys that came from outside."""
    return _by_key().get(key)
