"""A leak planted behind the hooks: cards of loops that nobody gated. The proof must see it, and nothing without it."""

from hallway.app.prove import proof
from hallway.exchange.cds_hooks import actions
from hallway.loops import queries


def hooks(stage, *, pairs):
    exits = [one for one in proof.all_exits() if one.name == "gateways:hook"]
    return proof.prove(stage.template, stage.cast, exits * 4, pairs=pairs, seed=5, stops=True).differences


def test_cards_of_loops_that_nobody_gated_are_seen_and_nothing_without_them(stage, monkeypatch):
    assert [str(one) for one in hooks(stage, pairs=20)] == []

    def everything(requester, chart_id):
        return queries._some(requester, f"{queries._OPEN} AND chart_id = %(chart)s", chart=chart_id)

    monkeypatch.setattr(queries, "grant_lateral", lambda alias, **_: "CROSS JOIN (SELECT 1) released")
    monkeypatch.setattr(actions, "loops_of_chart", everything)
    assert hooks(stage, pairs=60)
