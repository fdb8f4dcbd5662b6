"""Every row of the labelling tables does what it says, and says where it comes from."""

import csv
from pathlib import Path

import pytest

from hallway.labels import table
from hallway.record.classes import DataClass

FOLDER = Path(table.__file__).parent / "tables"


def rows(name):
    return list(csv.DictReader((FOLDER / f"{name}.csv").read_text().splitlines()))


def found_by(name, row):
    if name == "icd10cm":
        return table.of_coding("http://hl7.org/fhir/sid/icd-10-cm", row["prefix"] + "9", "")
    if name == "loinc":
        return table.of_coding(table.LOINC, row["code"], "")
    if name == "words":
        return table.of_text(f"Has {row['word']} now")
    if name == "security":
        return table.of_security(row["code"])
    return table.of_licence(row["state"], row["licence"])


@pytest.mark.parametrize("name", ["icd10cm", "loinc", "words", "security", "licences"])
def test_every_row_is_hit_names_its_source_and_has_an_id_of_its_own(name):
    every = rows(name)
    assert len({row["id"] for row in every}) == len(every) > 0
    for row in every:
        assert found_by(name, row).mask & DataClass[row["class"]], row["id"]
        assert row["source"]
        assert row["verified"] in {"yes", "no"}


def test_a_code_of_another_chapter_has_no_class():
    assert table.of_coding("http://hl7.org/fhir/sid/icd-10-cm", "I10", "") == table.NOTHING
    assert table.of_coding("http://hl7.org/fhir/sid/icd-10-cm", "F17.210", "") == table.NOTHING
    assert table.of_coding("http://example.org", "F32.1", "") == table.NOTHING
