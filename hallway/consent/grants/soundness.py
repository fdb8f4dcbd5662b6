"""What must hold before the gate speaks: the clock stands right, and the grants fit the rules.

Where one does not, nothing leaves and whoever asks is told so: a wrong answer here would look like any right one.
"""

from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from hallway import clock
from hallway.consent.tables import library
from hallway.errors import HallwayError, Kind
from hallway.ledger import queries as ledger
from hallway.storage import connection, database_url

LOOKED_AT_FOR = timedelta(seconds=10)
"""How long the ledger's last head is taken for known. A clock that goes back is noticed at once all the same."""
TOLERANCE = timedelta(minutes=2)
"""Machines' clocks are nudged; forms and emergencies are not so short that this would matter."""
FAULT_PURPOSE = "FAULT"
"""Purpose of the grant that stands where a chart's grants could not be compiled. It lets nothing flow to anybody."""

_looked: dict[str, datetime] = {}


def refuse_clock_set_back() -> None:
    """Raise UNAVAILABLE where the clock stands before the ledger's last head: what has ended would seem to hold."""
    if clock.is_stopped():
        return
    now, url = clock.now(), database_url.current()
    looked = _looked.get(url)
    if looked is not None and looked <= now < looked + LOOKED_AT_FOR:
        return
    last = ledger.last_published_at()
    # The demo's network is put back on another day: its clock begins where its generation began, its seals end later.
    forgiven = timedelta(days=1) if settings.DEMO else TOLERANCE
    if last is not None and now < last - forgiven:
        _looked.pop(url, None)
        raise HallwayError(
            Kind.UNAVAILABLE,
            "H-CON-050",
            what="This machine's clock was set back: it stands before the ledger's last line.",
            undone="Nothing was shown: what has ended would seem to hold again.",
            to_do="Set the clock right. Nothing else is needed.",
        )
    _looked[url] = now


@lru_cache(maxsize=8192)
def fits_rules(allow: int, rule_ids: tuple[str, ...]) -> bool:
    """Whether a grant lets flow only classes of which its own rules speak, and every rule is one of ours."""
    known = library.rules()
    if not rule_ids or any(rule_id not in known for rule_id in rule_ids):
        return False
    spoken = 0
    for rule_id in rule_ids:
        for data_class in library.classes_of(known[rule_id]):
            spoken |= data_class
    return allow > 0 and allow & ~int(spoken) == 0


def refuse_misfit(allow: int, rule_ids: tuple[str, ...]) -> None:
    """Raise FAULT for a grant that its own rules do not bear out: nobody compiled it."""
    if not fits_rules(allow, rule_ids):
        raise HallwayError(
            Kind.FAULT,
            "H-CON-051",
            what="The stored rights of this chart do not fit the rules.",
            undone="Nothing was shown.",
            to_do="Call your privacy officer and say the code: the rights must be worked out anew.",
        )


def refuse_where_rules_failed(chart_id: int, organization_id: int) -> None:
    """Raise FAULT for a practice with a part in a chart whose grants could not be compiled."""
    with connection.cursor() as opened:
        found = opened.execute(
            "SELECT 1 FROM consent_grant g JOIN record_chart_source s ON s.chart_id = g.chart_id"
            " WHERE g.chart_id = %s::bigint AND g.purpose = %s::text AND s.source_org = %s::int LIMIT 1",
            [int(chart_id), FAULT_PURPOSE, int(organization_id)],
        ).fetchone()
    if found is not None:
        raise HallwayError(
            Kind.FAULT,
            "H-CON-052",
            what="The rights of this chart could not be worked out: a rule failed.",
            undone="Nothing is shown to anybody until it is mended.",
            to_do="Call your privacy officer and say the code.",
        )
