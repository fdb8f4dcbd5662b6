"""What a practice leader says of an EHR."""

from django import forms

from hallway.exchange.cds_hooks import systems
from hallway.exchange.ehr_launch.models import Ehr
from hallway.exchange.ehr_launch.registering import Registration
from hallway.ids import OrganizationId


class EhrForm(forms.Form):
    """A registration. What cannot stand is said by ``ehr_launch.registering``, at the field it is about."""

    name = forms.CharField(
        label="What your people call it", max_length=120, error_messages={"required": "Type its name."}
    )
    iss = forms.CharField(
        label="Its FHIR address",
        max_length=300,
        help_text="Exactly as it sends it as iss, such as https://ehr.example.org/fhir.",
        error_messages={"required": "Type its FHIR address."},
    )
    identifier_system = forms.CharField(
        label="System of its patients’ numbers",
        max_length=200,
        help_text="A URI, such as urn:mrn. Only numbers of this system find a patient here.",
        error_messages={"required": "Name the system of its patients’ numbers."},
    )
    way = forms.ChoiceField(label="How Hallway proves itself there", choices=Ehr.Way.choices)
    client_id = forms.CharField(
        label="Client id that it gave Hallway",
        max_length=200,
        required=False,
        help_text="Leave it empty until you have it. Nobody can open Hallway from there before.",
    )
    system = forms.TypedChoiceField(
        label="Is it one of the systems that ask for cards?",
        coerce=int,
        required=False,
        help_text="Then its cards open Hallway with the patient.",
    )

    def __init__(self, *args: object, organization_id: OrganizationId, **kwargs: object) -> None:
        """The practice's own calling systems are read when the page is."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        own = [one for one in systems.known() if one.organization_id == organization_id and one.ended_at is None]
        self.fields["system"].choices = [(0, "No"), *((one.system_id, one.name) for one in own)]

    def registration(self) -> Registration:
        """As typed."""
        said = self.cleaned_data
        return Registration(
            name=said["name"],
            iss=said["iss"],
            identifier_system=said["identifier_system"],
            client_id=said["client_id"],
            way=said["way"],
            system_id=said["system"] or 0,
        )


def initial_of(row: Ehr) -> dict[str, object]:
    """A registered EHR as the form shows it."""
    return {
        "name": row.name,
        "iss": row.iss,
        "identifier_system": row.identifier_system,
        "way": row.way,
        "client_id": row.client_id,
        "system": row.system_id or 0,
    }
