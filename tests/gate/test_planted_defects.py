"""Each wall of the gate is taken down once: the oracle must notice. A comparison that never fails proves nothing."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions, gate, rules
from hallway.consent.grants import compiler, plans
from hallway.consent.tables import library
from tests.gate.test_random_worlds import NOW, disagreements, lay_out


def forget():
    for cached in (rules.rows, rules.kinds_named, rules.asks_duty, rules._base_without_forms):
        cached.cache_clear()


def no_state_rows(patch):
    patch.setattr(library, "class_state", lambda data_class: "")


def no_restrictions(patch):
    patch.setattr(compiler, "barred_classes", lambda facts, source, way: 0)


def incomplete_forms_hold(patch):
    patch.setattr(plans.validity, "missing", lambda form: [])


def forms_for_everybody_at_the_recipient(patch):
    plain = plans.form_of

    def widened(row, span):
        row.recipient_practitioner_id = 0
        return plain(row, span)

    patch.setattr(plans, "form_of", widened)


def the_class_consent_counts_for_the_state(patch):
    patch.setitem(rules.COVERS, "part2_tpo", rules.COVERS["part2"])


def past_members_treat(patch):
    patch.setattr(compiler, "_treats", lambda members, organization: True)


def time_is_not_asked(patch):
    patch.setattr(gate, "_PLAN", gate._PLAN.replace("g.until_at >", "now() + interval '90 days' >"))


def duties_do_not_count(patch):
    patch.setattr(gate, "_PLAN", gate._PLAN.replace("(NOT g.sud_duty OR", "(true OR"))


PLANTS = (
    *(no_state_rows, no_restrictions, incomplete_forms_hold, forms_for_everybody_at_the_recipient),
    *(the_class_consent_counts_for_the_state, past_members_treat, time_is_not_asked, duties_do_not_count),
)


def test_every_planted_defect_is_noticed(fresh_db):
    questions = lay_out(1500, seed=13)
    later = NOW + timedelta(hours=2)
    assert disagreements(questions, later)[0] == []
    unnoticed = []
    for plant in PLANTS:
        forget()
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            with clock.stopped_at(NOW):
                actions.rebuild_grants([facts.chart for facts, *_ in questions])
            if not disagreements(questions, later)[0]:
                unnoticed.append(plant.__name__)
    forget()
    assert unnoticed == []
