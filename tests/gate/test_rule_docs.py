from tools.build_rule_docs import PAGE, render


def test_the_manual_of_rules_is_what_the_tables_say():
    assert PAGE.read_text() == render(), "Run: python -m tools.build_rule_docs"
