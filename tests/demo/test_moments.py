"""The demo's moments are charted as people chart them, and the rules find each of them themselves."""

from collections import Counter
from datetime import timedelta

from hallway import clock
from hallway.app.demo import moments
from hallway.app.demo.build import SEED
from hallway.app.demo.facts import FactWriter
from hallway.app.demo.network import Network
from hallway.app.demo.patients import patients
from hallway.talking.models import InformationRequest
from hallway.triggers.models import Firing, Offer


def _charts(network, people, at):
    """Charts of those to whom the moments come, as primary care keeps them."""
    for one in people:
        if moments._is_near(one) or (one.pc == "millbrook" and not one.has_referral):
            write = FactWriter(one.key, one.pc, one.pcp)
            known = [write.patient(one), write.condition("I10", "High blood pressure", at)]
            network.open_chart(known, organization=one.pc, person=one.pcp, role="pcp")


def test_every_moment_of_the_demo_is_found(fresh_db):
    until = clock.now()
    network = Network()
    with clock.stopped_at(until - timedelta(days=200)):
        network.settle(clock.today())
        people = patients(SEED, until)
        _charts(network, people, clock.now())
    moments.live(network, people, until)
    found = Counter(Firing.objects.filter(state="open").values_list("rule", flat=True))
    assert {"T1", "T4", "T7", "T24", "T26"} <= set(found), found
    ended = Counter(Firing.objects.exclude(state="open").values_list("state", flat=True))
    assert ended["done"], ended
    assert ended["not_needed"], ended
    assert InformationRequest.objects.get().state == "asked"
    assert Offer.objects.get().answer == "not_now"
