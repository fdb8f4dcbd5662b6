"""Every row of the labelling tables does what it says, and says where it comes from."""

import csv
from pathlib import Path

import pytest

from hallway.labels import content, table
from hallway.record.classes import DataClass
from hallway.standards.fhir.search import kinds

FOLDER = Path(table.__file__).parent / "tables"


def rows(name):
    return list(csv.DictReader((FOLDER / f"{name}.csv").read_text().splitlines()))


def found_by(name, row):
    if name == "icd10cm":
        return table.of_coding("http://hl7.org/fhir/sid/icd-10-cm", row["prefix"] + "9", "")
    if name == "loinc":
        return table.of_coding(table.LOINC, row["code"], "")
    if name == "words":
        return table.of_text(f"has {row['word']} now")
    if name == "drugs":
        assert not row["rxcui"] or table.of_drug(row["rxcui"]).mask
        return table.of_text(f"{row['ingredient']} 10 mg oral tablet")
    if name == "intents":
        return table.of_icd(f"{row['first']}.0X{row['intent']}A")
    if name == "procedures":
        return table.of_procedure(row["prefix"].ljust(5, "0"))
    if name == "security":
        return table.of_security(row["code"])
    return table.of_licence(row["state"], row["licence"])


@pytest.mark.parametrize(
    "name", ["icd10cm", "loinc", "words", "security", "licences", "drugs", "procedures", "intents"]
)
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


def test_every_product_holds_a_drug_of_the_table_and_every_named_element_is_one_of_the_standard():
    drugs = {row["ingredient"] for row in rows("drugs")}
    for row in rows("products"):
        assert row["ingredient"] in drugs
        assert table.of_drug(row["rxcui"]).mask
    for row in rows("naming"):
        assert row["kind"] in kinds()
        assert tuple(row["element"].split(".")) in table.naming()[row["kind"]][1]


def test_an_ordinary_phrase_eats_the_word_in_it_and_no_other():
    for row in rows("ordinary"):
        assert table.of_text(f"shows {row['phrase']} today") == table.NOTHING, row["id"]
        assert table.of_text(f"shows {row['phrase']} today; depressed").mask & DataClass.MH
        assert any(word["word"] in row["phrase"] for word in rows("words")), row["id"]


def test_a_loinc_code_ends_in_its_check_digit():
    for row in rows("loinc"):
        digits, check = row["code"].split("-")
        doubled = [int(one) * (2 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits))]
        assert (10 - sum(one - 9 if one > 9 else one for one in doubled) % 10) % 10 == int(check), row["id"]


@pytest.mark.parametrize(("code", "is_self_harm"), [
    ("T39.392D", True), ("T65.92XA", True), ("T51.0X2A", True), ("T39.391D", False), ("T45.0X5A", False),
    ("T71.112A", True), ("T71.111A", False), ("S02.2XXA", False),
])  # fmt: skip
def test_the_intent_of_a_poisoning_says_whether_it_was_self_harm(code, is_self_harm):
    assert ("LBL-ICD-MH-INTENT" in " ".join(table.of_icd(code).basis)) == is_self_harm


def test_a_text_in_a_list_is_read_and_a_name_or_a_street_is_not():
    listed = b'{"resourceType":"Basic","unheardOf":["plain","methadone \\"clinic\\""]}'
    named = b'{"resourceType":"Patient","name":[{"given":["Methadone","Ana"]}],"address":[{"line":["1 HIV Road"]}]}'
    alike = b'{"resourceType":"Basic","unheardOf":"methadone clinic"}'
    assert content.of_content(listed).mask == content.of_content(alike).mask != 0
    assert content.of_content(named).mask == 0
