"""Every form on paper: each kind in each state, both languages, usual and large print, with a hand and without."""

import re
from dataclasses import replace

import pytest
from pypdf.generic import NameObject

from hallway.consent import actions
from hallway.consent.actions import Composition, Member, Signature
from hallway.consent.explaining import needed
from hallway.consent.forms import ink, papers, printing, wording
from hallway.consent.models import Consent
from hallway.consent.tables.phrases import phrases, skins
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.identity.requester import Role
from hallway.ids import NOBODY, OrganizationId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from tests.printed import checked

KINDS = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv")
APART = ("psychotherapy", "sud_counseling", "hiv")
STATES = ("MA", "CT", "CA")
ZONE = "America/New_York"
HEADS = ("patient", "giver", "receiver", "what", "purpose", "until", "know", "sign")
MOST_PAGES = 2
LONGEST = "part2_tpo"
"""The usual print of every other form fits on the one page that is signed."""


class Desk:
    """A therapist, a program's counselor, a PCP and a patient, all in one state."""

    def __init__(self, state: str) -> None:
        self.state = state
        bh = town.organization(f"Northgate {state}", state=state)
        pc = town.organization(f"Millbrook {state}", side="pc", state=state)
        sud = town.organization(f"Harbor {state}", state=state, is_part2=True)
        Organization.objects.update(address="12 Example Street", city="Sampleton", phone="555-0100")
        self.therapist = town.person("Hearwell", bh, Role.THERAPIST, licence="social_worker", state=state)
        self.pcp = town.person("Carewell", pc, Role.PCP, licence="physician", state=state)
        self.counselor = town.person("Steadman", sud, Role.THERAPIST, licence="counselor", state=state, duty=True)
        self.chart = town.new_patient(bh)
        actions.join_team(self.chart, by=self.therapist, organization=sud, basis="referral")

    def by(self, kind):
        return self.counselor if kind.startswith(("part2", "sud")) else self.therapist

    def asked(self, kind, **more) -> Composition:
        """A form of this kind, as the composer asks for it; what is named apart asks for initials."""
        by, everybody = self.by(kind), kind == "part2_tpo"
        plain = Composition(
            chart_id=self.chart,
            kind=kind,
            discloser_org=by.organization_id,
            recipient_org=OrganizationId(0) if everybody else self.pcp.organization_id,
            recipient_practitioner=NOBODY if everybody else self.pcp.practitioner_id,
            classes=needed.carries(kind, self.state, int(DataClass.GENETIC | DataClass.MH)),
            kinds=() if kind in APART else ("Patient", "Encounter", "MedicationRequest", "Composition"),
            purposes=(Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS) if everybody else (Purpose.TREATMENT,),
            licences=0,
        )
        return replace(plain, **more)

    def composed(self, kind, **more) -> Consent:
        return Consent.objects.get(id=actions.compose_consent(self.asked(kind, **more), by=self.by(kind)))

    def signed(self, row: Consent, **hand) -> Consent:
        drawn = replace(Signature("drawn", ink.a_stroke(), initials="ME"), **hand)
        actions.sign_consent(row.id, drawn, by=self.by(row.kind), expected_version=row.version)
        row.refresh_from_db()
        return row

    def paper(self, row: Consent, *, large=False) -> tuple[bytes, str]:
        """The PDF, found to be accessible, and its words."""
        by = self.by(row.kind)
        made = printing.printed(row, by, large=large, zone=ZONE)
        words = wording.words_of(row, by)
        text = checked.check(made, language=row.language, title=words.title)
        assert len(checked.pages_of(made)) <= MOST_PAGES, f"{row.kind} in {row.language}"
        return made, text


@pytest.fixture
def desk(fresh_db):
    return Desk("MA")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_prints_accessibly_in_its_language_and_in_order(desk, language):
    said = phrases(language)
    for kind in KINDS:
        row = desk.composed(kind, language=language)
        usual, text = desk.paper(row)
        places = [text.index(said[f"head.{name}"]) for name in HEADS]
        assert places == sorted(places), f"{kind}: read in the order of the page"
        assert "Marisol Ejemplo" in text
        assert len(checked.pages_of(usual)) == 1 or kind == LONGEST
        large, _ = desk.paper(row, large=True)
        for made in (usual, large):
            last = checked.pages_of(made)[-1]
            assert said[f"title.{kind}"] in last, "the page with the hand on it says what it is for"
            assert all(said[f"sign.{name}"] in text for name in ("line", "date", "instead", "beside"))
        _, text = desk.paper(desk.signed(row))
        assert said["sign.drawn"] in text
        assert said["sign.line"] not in text, "no line is left for a second pen"


@pytest.mark.parametrize("state", ["CT", "CA"])
def test_every_kind_prints_accessibly_in_the_other_states(fresh_db, state):
    desk = Desk(state)
    for kind in KINDS:
        row = desk.composed(kind)
        _, text = desk.paper(row)
        assert "M.G.L." not in text, "no law of another state stands on it"
        assert row.point_size == (14 if state == "CA" and kind in ("release", "psychotherapy", "hiv") else 12)
        desk.paper(row, large=True)


def test_whatever_is_asked_for_beside_stands_on_the_paper(desk):
    leader = town.person("Leadwell", desk.therapist.organization_id, Role.PRACTICE_LEADER)
    ours = papers.save_template(by=leader, name="Ours", kind="release", language="en", blocks=["We are glad you came."])
    for skin in skins().values():
        _, text = desk.paper(desk.composed("release", skin=skin.id))
        assert skin.heading_en in text
    _, text = desk.paper(desk.composed("release", template_id=ours))
    assert "We are glad you came." in text
    there = desk.asked("release")
    back = replace(there, discloser_org=there.recipient_org, recipient_org=there.discloser_org,
                   recipient_practitioner=desk.therapist.practitioner_id)  # fmt: skip
    for form in actions.compose_exchange(there, back, by=desk.therapist):
        _, text = desk.paper(Consent.objects.get(id=form))
        assert phrases("en")["title.exchange"] in text
    row = desk.composed("release", members=2, language="es")
    assert desk.paper(row)[1].count(phrases("es")["sign.member"]) == 2
    family = (
        Member("Ana Ejemplo", "madre", "typed", b"Ana Ejemplo"),
        Member("Luis", "padre", "typed", b"Luis Ejemplo"),
    )
    hand = {"signer": "representative", "name": "Ana Ejemplo", "relation": "mother", "right": "court_guardian",
            "authority": "court order",
            "interpreter": "Luz Example", "interpreter_language": "Spanish", "members": family}  # fmt: skip
    _, text = desk.paper(desk.signed(row, **hand))
    for words in ("court order", "Luz Example", "También firma: Luis"):
        assert words in text
    actions.revoke_consent(row.id, "written", by=desk.therapist, expected_version=row.version)
    row.refresh_from_db()
    assert phrases("es")["state.revoked"] in desk.paper(row)[1]


def test_a_copy_says_for_whom_it_was_taken_back(desk):
    row = desk.signed(desk.composed("part2_tpo"))
    actions.revoke_consent(
        row.id, "written", by=desk.counselor, expected_version=row.version, recipient_org=desk.pcp.organization_id
    )
    row.refresh_from_db()
    assert "Taken back for: Millbrook MA (invented)." in desk.paper(row)[1]


def test_notes_of_sessions_name_the_person_who_keeps_them(desk):
    _, text = desk.paper(desk.composed("psychotherapy", discloser_practitioner=desk.therapist.practitioner_id))
    assert re.search(r"Who may share Invented Hearwell", text)


def without(name):
    def change(writer):
        del writer._root_object[NameObject(name)]

    return change


def without_alt(writer):
    for one in writer._objects:
        if isinstance(one, dict) and one.get("/S") == "/Figure":
            one.pop(NameObject("/Alt"), None)


@pytest.mark.parametrize(
    "change", [without("/MarkInfo"), without("/StructTreeRoot"), without("/Lang"), without("/Metadata"), without_alt]
)
def test_the_checker_finds_what_is_taken_out(desk, change):
    made, _ = desk.paper(desk.signed(desk.composed("release")))
    assert checked.broken_rules(checked.damaged(made, lambda writer: None)) == []
    assert checked.broken_rules(checked.damaged(made, change)) != []
