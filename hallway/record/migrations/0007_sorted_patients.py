"""Sort keys as functions, and patients in the order of their names and birth dates.

A list of patients over all charts is walked in order. Only patients are sorted by such a key without naming a chart, so
these indexes hold a row for each patient and none for anything else.
"""

from django.db import migrations


def text_key(name: str, end: str) -> str:
    """The first or last text under a parameter; ``p_head`` is its code and ``=``. Codings with a system do not count."""
    return f"""CREATE FUNCTION {name}(p_tokens text[], p_head text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce({end}(substr(x.token, length(p_head) + 1) COLLATE "C"), '') COLLATE "C"
    FROM unnest(p_tokens) AS x (token) WHERE starts_with(x.token, p_head) AND strpos(x.token, '|') = 0 $$"""


def number_key(name: str, end: str) -> str:
    """The lowest or highest end under a parameter; minus infinity where there is none."""
    return f"""CREATE FUNCTION {name}(p_codes text[], p_ends float8[], p_code text) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce({end}(v.at), '-infinity'::float8)
    FROM unnest(p_codes, p_ends) AS v (code, at) WHERE v.code = p_code $$"""


FUNCTIONS = [
    text_key("record_first_text", "min"),
    text_key("record_last_text", "max"),
    number_key("record_lowest", "min"),
    number_key("record_highest", "max"),
]
INDEXES = [
    *(
        f"CREATE INDEX record_token_{code}_{place} ON record_token"
        f" (record_{place}_text(tokens, '{code}=') COLLATE \"C\", resource_id) WHERE kind = 'Patient'"
        for code in ("family", "name", "given")
        for place in ("first", "last")
    ),
    """CREATE INDEX record_token_birth_lowest ON record_token
        (record_lowest(range_codes, lows, 'birthdate'), resource_id) WHERE kind = 'Patient'""",
    """CREATE INDEX record_token_birth_highest ON record_token
        (record_highest(range_codes, highs, 'birthdate'), resource_id) WHERE kind = 'Patient'""",
]


class Migration(migrations.Migration):
    dependencies = [("record", "0006_index_columns")]
    operations = [migrations.RunSQL([*FUNCTIONS, *INDEXES])]
