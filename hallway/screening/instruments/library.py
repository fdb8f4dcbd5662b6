"""Every instrument by its key, read once from the TOML files; a file that contradicts itself stops the start."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.screening.instruments import checking, packs
from hallway.screening.instruments.shapes import Instrument

_texts: list[Path] = []


def use_texts(folder: Path) -> None:
    """From now on join the text packs of this folder. Raises HallwayError (H-INS) where one cannot be used."""
    _texts[:] = [folder]
    _by_key.cache_clear()
    all_instruments.cache_clear()
    all_instruments()


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Every instrument, in order of key, with the customer's texts. Raises as ``shipped`` and ``use_texts`` do."""
    found = {instrument.key: instrument for instrument in shipped()}
    for folder in _texts:
        for pack in packs.read(folder):
            if pack.instrument not in found:
                raise HallwayError(
                    Kind.INCORRECT,
                    "H-INS-004",
                    what="An instrument text names an instrument that is not here.",
                    undone="Nothing was started.",
                    to_do="Use one of the keys of docs/instruments.md.",
                )
            found[pack.instrument] = packs.join(found[pack.instrument], pack)
    return tuple(found.values())


@cache
def shipped() -> tuple[Instrument, ...]:
    """Every instrument as its file has it, in order of key. Raises ValueError with every fault of the files."""
    folder = files("hallway.screening.tables") / "instruments"
    paths = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    found = [msgspec.toml.decode(path.read_bytes(), type=Instrument) for path in paths]
    found.sort(key=lambda instrument: instrument.key)
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
