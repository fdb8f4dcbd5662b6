"""What a network administrator says of a program."""

from django import forms

from hallway.directory.models import Organization
from hallway.identity.app_models import App
from hallway.identity.registering import Registration

SCOPES_HINT = "launch/patient openid fhirUser patient/*.rs"


class AppForm(forms.Form):
    """A registration. What cannot stand is said by ``identity.registering``, at the field it is about."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Type its name."})
    maker = forms.CharField(label="Who made it", max_length=120, error_messages={"required": "Type who made it."})
    about = forms.CharField(label="What it does, in a sentence", max_length=300, required=False)
    acts = forms.TypedChoiceField(label="For whom it acts", coerce=int, required=False)
    kind = forms.ChoiceField(label="How it proves itself", choices=App.Kind.choices)
    redirect_uris = forms.CharField(
        label="Addresses that answers may go to",
        required=False,
        max_length=5200,
        help_text="One a line, each exactly as it will be asked for. http://127.0.0.1/… stands for every port.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    launch_url = forms.CharField(
        label="Address to open it at from a chart", required=False, max_length=500, help_text="Empty if it has none."
    )
    scopes = forms.CharField(
        label="What it may ask for at most",
        max_length=4000,
        help_text=f"SMART scopes, such as: {SCOPES_HINT}",
        error_messages={"required": "Name at least one scope."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    jwks_url = forms.CharField(label="Address of its public keys", required=False, max_length=500)
    jwks = forms.CharField(
        label="Or the public keys themselves",
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    organizations = forms.TypedMultipleChoiceField(
        label="Whose people may use it",
        coerce=int,
        required=False,
        help_text="None checked: everybody’s.",
        widget=forms.CheckboxSelectMultiple,
    )
    may_introspect = forms.BooleanField(label="It may ask about other programs’ tokens", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """The organizations of the network are read when the page is."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rows = list(Organization.objects.filter(on_hallway=True).order_by("name").values_list("id", "name"))
        self.fields["organizations"].choices = rows
        alone = [(number, f"Nobody: it is a system of {name}") for number, name in rows]
        self.fields["acts"].choices = [(0, "People who let it in"), *alone]

    def registration(self) -> Registration:
        """As typed."""
        said = self.cleaned_data
        return Registration(
            name=said["name"],
            maker=said["maker"],
            about=said["about"],
            kind=said["kind"],
            scopes=said["scopes"],
            redirect_uris=tuple(line.strip() for line in said["redirect_uris"].splitlines() if line.strip()),
            launch_url=said["launch_url"],
            jwks_url=said["jwks_url"],
            jwks=said["jwks"],
            organization_id=said["acts"] or 0,
            organizations=tuple(said["organizations"]),
            may_introspect=said["may_introspect"],
        )


def initial_of(app: App) -> dict[str, object]:
    """A registered program as the form shows it."""
    return {
        "name": app.name,
        "maker": app.maker,
        "about": app.about,
        "acts": app.organization_id,
        "kind": app.kind,
        "redirect_uris": "\n".join(app.redirect_uris),
        "launch_url": app.launch_url,
        "scopes": app.scopes,
        "jwks_url": app.jwks_url,
        "jwks": app.jwks,
        "organizations": app.organizations,
        "may_introspect": app.may_introspect,
    }
