"""The rules can be read, filtered and tried; trying keeps nothing; a change of a row names the cells it changes."""

import random
import re
from pathlib import Path

import pytest

from hallway.consent.tables import disclosures, library, sources
from hallway.identity.requester import Role
from hallway.storage import connection
from hallway.web.law import rows
from hallway.web.law.rows import Wanted
from hallway.web.law.trying import TryForm
from tests.access.test_places import come_in


@pytest.fixture
def reader(fresh_db):
    from hallway.referral.tests import hall as halls

    return come_in(halls.build().pcp, Role.PRIVACY_OFFICER)


def ledger_lines():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM ledger_answer").fetchone()[0]


def test_every_rule_stands_on_the_page(reader):
    page = reader.get("/rules/?all=1").content.decode()
    for rule_id in (*library.rules(), *disclosures.book().rows):
        assert f">{rule_id}</a>" in page


def test_the_filter_keeps_exactly_the_rows_that_fit():
    for row in rows.found(Wanted(state="MA")):
        assert row.jurisdiction == "MA"
    assert {row.id for row in rows.found(Wanted(verified="no"))} == {
        row.id for row in rows.every().values() if not row.verified
    }
    assert all("HIV" in row.classes and "PAY" in row.purposes for row in rows.found(Wanted("", "HIV", "PAY")))
    assert rows.found(Wanted(state="no such state")) == []


def test_every_row_has_a_page_of_its_own(reader):
    for rule_id, row in rows.every().items():
        page = reader.get(f"/rules/row/{rule_id}/")
        assert page.status_code == 200, rule_id
        assert (b"Not verified" in page.content) is not row.verified, rule_id
    assert reader.get("/rules/row/NO-SUCH-ROW/").status_code == 404


def test_a_row_that_denied_would_shut_cells_and_the_page_says_which(reader):
    page = reader.get("/rules/row/US-TREAT/?if=deny").content.decode()
    changed = int(re.search(r"<b>(\d+) examples? would change", page)[1])
    assert changed > 0
    assert "asked by another practice that treats the patient; for treatment; ordinary content" in page


def _addresses():
    return [f"{rule_id}/" for rule_id in rows.every()]


def test_people_read_words_and_no_codes(reader):
    """Beside a row's own id, which is its address, nothing on these pages is a code of ours."""
    codes = re.compile(
        r"(?<![\w-])(?:TREAT|OPS|INDIVIDUAL|EMERG|PSYTHER\w+|[A-Z]{2}_\w+|[a-z]+_[a-z_]+|[GP]\d+b?|GK|golden)(?![\w-])"
    )
    # What would change is worked out anew for each row: every eighth speaks for the words of all.
    changed = [f"{rule_id}/?if=deny" for rule_id in list(rows.every())[::8]]
    pages = [reader.get("/rules/?all=1"), *(reader.get(f"/rules/row/{one}") for one in [*changed, *_addresses()])]
    for page in pages:
        main = page.content.decode().partition("<main")[2]
        assert not set(codes.findall(re.sub(r"<[^>]*>", " ", main))), page.request["PATH_INFO"]


def test_a_source_is_read_by_its_full_name_with_what_the_row_says_beside_it():
    mark, general = sources.named("P155, GK")
    assert "258 CMR 22.03 and 22.04" in mark.name
    assert general.name == "General knowledge, not looked up in a source"
    assert [one.beside for one in sources.named("P50, P53 (titles)")] == ["", "titles"]
    assert [(one.code, one.beside) for one in sources.named("P173, P53; list GK")][-1] == ("GK", "list")
    assert [one.beside for one in sources.named("G9, P174; text amended since, GK")] == ["", "text amended since", ""]


def test_every_mark_in_every_table_has_a_name_and_no_name_is_left_over():
    tables = Path(sources.__file__).parent.glob("*.toml")
    cited = {text for table in tables for text in re.findall(r'^source = "(.*)"', table.read_text(), re.MULTILINE)}
    assert {one.code for text in cited for one in sources.named(text)} == set(sources.names())
    assert all(sources.named(text) for text in cited)


def test_a_case_is_answered_and_nothing_of_it_is_kept(reader):
    reader.get("/rules/try/")
    lines = ledger_lines()
    sent = {"what": ["PSYTHER_NOTE", "MH"], "purpose": "EMERG", "recipient": "provider", "tie": "treating", "age": "40"}
    page = reader.get("/rules/try/", sent)
    assert page.status_code == 200
    assert b"It needs something first." in page.content
    assert ledger_lines() == lines


def test_a_case_without_what_it_holds_is_told_so(reader):
    page = reader.get("/rules/try/", {"purpose": "TREAT", "recipient": "provider", "tie": "treating", "age": "40"})
    assert page.status_code == 422
    assert b"Choose what it holds." in page.content


def test_no_case_however_odd_breaks_the_page(reader):
    """Cases at random: answered, or told what is wrong with them; never a fault of ours."""
    dice = random.Random(7)
    for _ in range(150):
        sent = {name: _some(field, dice) for name, field in TryForm().fields.items() if dice.random() < 0.9}
        assert reader.get("/rules/try/", sent).status_code in {200, 422}, sent


def _some(field, dice):
    offered = [str(value) for value, _ in getattr(field, "choices", [])]
    if not offered:
        return dice.choice(["40", "12", "", "x", "999", "on"])
    return dice.sample(offered, dice.randint(1, min(3, len(offered))))
