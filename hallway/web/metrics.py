"""Figures for the operator's Prometheus, by the operator's token alone. Nothing of them is about a patient."""

import hmac
import os
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hallway.ledger import queries as ledger
from hallway.storage import outbox, processes
from hallway.web import errors
from hallway.web.access import public

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Set by ``serve``: where the web processes keep their counts together."""


@public
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, to whoever shows ``HALLWAY_METRICS_TOKEN``. Without the setting, or the token, nothing is here."""
    expected = str(settings.METRICS_TOKEN)
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not expected or scheme.lower() != "bearer" or not hmac.compare_digest(shown.encode(), expected.encode()):
        return errors.not_found(request, None)
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """The counts of every web process, and what the database says now."""
    registry = CollectorRegistry()
    registry.register(_Waiting())
    folder = os.environ.get(FOLDER)
    if folder:
        _forget_the_dead(folder)
        multiprocess.MultiProcessCollector(registry, folder)
    else:
        registry.register(_Own())
    return registry


def _forget_the_dead(folder: str) -> None:
    """What a process held that is gone is held no more; what it counted stays counted."""
    for name in os.listdir(folder):
        number = name.removesuffix(".db").rpartition("_")[2]
        if name.startswith("gauge_live") and number.isdigit() and not processes.is_alive(int(number)):
            multiprocess.mark_process_dead(int(number), folder)


class _Own(Collector):
    """What this process counted, where it is the only one; nothing of the interpreter and the machine."""

    def collect(self) -> Iterator[Metric]:
        """Our own figures."""
        return (one for one in REGISTRY.collect() if one.name.startswith("hallway_"))


class _Waiting(Collector):
    """What waits to be done, asked of the database at each look."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Jobs by state, the age of the oldest job that is due, and of the oldest ledger line without a seal."""
        waiting = outbox.waiting()
        jobs = GaugeMetricFamily("hallway_jobs", "Jobs by state.", labels=["state"])
        for state, number in waiting.jobs.items():
            jobs.add_metric([state], number)
        yield jobs
        yield _one("hallway_outbox_lag_seconds", "Age of the oldest job that is due.", waiting.oldest_seconds)
        yield _one("hallway_seal_lag_seconds", "Age of the oldest line without a seal.", ledger.seal_lag_seconds())


def _one(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=value)
