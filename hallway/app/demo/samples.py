"""Programs and an EHR for the demo to try: the sample program, and Hallway itself as an EHR that launches Hallway.

They name the address where the demo answers, so they are registered when it starts, and anew where it has moved.
"""

import json

from joserfc.jwk import ECKey

from hallway.app.demo import cast
from hallway.app.demo.facts import RECORD_NUMBER
from hallway.directory.models import Organization
from hallway.exchange.ehr_launch import actions, queries, registering
from hallway.exchange.ehr_launch.models import Ehr
from hallway.exchange.ehr_launch.registering import Registration
from hallway.identity.app_models import App
from hallway.identity.registering import Registration as Program
from hallway.ids import AccountId, OrganizationId
from hallway.web.developers import sample

ITSELF = "hallway-itself"
NAME = "Hallway as an EHR"


def stand(root: str) -> None:
    """Register everything at ``root``, such as ``http://127.0.0.1:8000``."""
    practice = Organization.objects.get(name=next(one.name for one in cast.ORGANIZATIONS if one.key == cast.MILLBROOK))
    sample.stand(root, practice.id, first_keys=_keys())
    ehr = _ehr(root, OrganizationId(practice.id))
    said = Program(
        NAME,
        "The demo",
        App.Kind.PUBLIC,
        "launch openid fhirUser profile patient/Patient.r",
        "Opens Hallway from Hallway, as an EHR would: you come back to this chart by the front door.",
        redirect_uris=(actions.back_address(root, ehr.id),),
        launch_url=f"{root}/launch",
        organizations=(practice.id,),
    )
    sample.keep(ITSELF, said)


def _keys() -> str:
    """A public key whose other half nobody has: until the page registers its own, the service cannot sign."""
    return json.dumps({"keys": [{**ECKey.generate_key("P-384").as_dict(private=False), "kid": "none", "use": "sig"}]})


def _ehr(root: str, organization_id: OrganizationId) -> Ehr:
    said = Registration(NAME, f"{root}/fhir", RECORD_NUMBER, client_id=ITSELF)
    for row in queries.ehrs_of(organization_id):
        if row.client_id == ITSELF and row.iss == said.iss:
            return row
        if row.client_id == ITSELF:
            return registering.change(row.id, said, organization_id, expected_version=row.version)
    return registering.register(said, organization_id, by=AccountId(0))
