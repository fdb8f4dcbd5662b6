"""What the compiled gate lets through without a form, the engine of disclosures permits as well: the gate is stricter.

The one known difference: inside one practice the gate opens a licensed professional's notes to that practice's own
behavioral health and office staff, where the engine asks for what the state asks of a disclosure.
"""

from itertools import product

import pytest

from hallway.consent import rules
from hallway.consent.law.asking import Aim, Discloser, Question, Recipient, RecipientKind, Tie
from hallway.consent.law.disclosing import decide
from hallway.consent.rules import Setting
from hallway.consent.tables.library import HOLDERS, PURPOSES, Relation
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Purpose
from tests.gate.questions import TODAY

TIES = {
    Relation.OWN: Tie.OWN,
    Relation.OWN_MEDICAL: Tie.OWN,
    Relation.AUTHOR: Tie.OWN,
    Relation.TREATING: Tie.TREATING,
    Relation.NAMED: Tie.NAMED,
    Relation.INDIVIDUAL: Tie.NAMED,
}
RECORDED = frozenset({"identity_verified", "operations_that_may_be_shared", "needed_for_care", "received_for_tpo"})


def question(setting, data_class, there):
    individual = setting.relation is Relation.INDIVIDUAL
    return Question(
        on=TODAY,
        purpose=Aim(str(setting.purpose)),
        classes=int(DataClass.GENERAL | data_class),
        discloser=Discloser(
            state=setting.state,
            is_part2_program=setting.holder == "program",
            holder=setting.holder,
            received_under_notice=True,
        ),
        recipient=Recipient(
            kind=RecipientKind.INDIVIDUAL if individual else RecipientKind.PROVIDER,
            state=there,
            relation=TIES[setting.relation],
            sud_duty=True,
            is_author=setting.relation is Relation.AUTHOR,
            responsible_for_care=setting.relation is not Relation.NAMED,
        ),
        facts=RECORDED,
    )


@pytest.mark.parametrize("relation", list(TIES))
def test_the_gate_lets_through_nothing_that_the_engine_refuses(relation):
    asked = 0
    for state, holder, purpose, is_away in product(("MA", "CT", "CA", "ME"), HOLDERS, Purpose, (False, True)):
        if purpose not in PURPOSES[relation]:
            continue
        setting = Setting(relation, purpose, state, holder, TODAY, is_away)
        for verdict in rules.judge(setting, duty=True):
            inside = TIES[relation] is Tie.OWN and verdict.data_class & LICENCE_CLASSES
            if verdict.flows and not inside:
                asked += 1
                said = decide(question(setting, verdict.data_class, "NV" if is_away else state))
                assert said.permits, (setting, verdict.data_class, said.rule_ids)
    assert asked or relation is Relation.NAMED
