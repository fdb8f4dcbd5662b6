"""The patient's own pages in Spanish: which language a patient reads, and each sentence of ``plain`` in it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from hallway.consent.explaining.looks import chart_of
from hallway.consent.forms import wording
from hallway.consent.forms.standing import Standing
from hallway.consent.tables.phrases import phrases
from hallway.identity.requester import Requester
from hallway.web import words
from hallway.web.chart.reading import open_chart
from hallway.web.chart.words import prefers_spanish
from hallway.web.consents.questions import CATEGORIES
from hallway.web.consents.words import STATE_WORDS

LANGUAGES = ("en", "es")
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_OWN = {"psychotherapy": "PSYTHER_NOTE", "sud_counseling": "SUD_COUNSEL_NOTE", "hiv": "HIV"}
TOLD: dict[str, str] = {
    "your name and birth date": "su nombre y su fecha de nacimiento",
    "your insurance": "su seguro",
    "your health problems": "sus problemas de salud",
    "your procedures": "sus procedimientos",
    "your medicines": "sus medicinas",
    "your allergies": "sus alergias",
    "your scores and test results": "sus puntajes y resultados de pruebas",
    "your answers to questions": "sus respuestas a preguntas",
    "your vaccines": "sus vacunas",
    "your visits": "sus visitas",
    "notes and letters": "notas y cartas",
    "your care plan": "su plan de cuidado",
    "who cares for you": "quién le atiende",
    "your referrals": "sus referencias a otros",
    "messages about you": "mensajes sobre usted",
    "your sharing choices": "lo que usted decidió compartir",
    "your bills": "sus cuentas",
    "other parts of your record": "otras partes de su expediente",
    "your record, as far as they may see it": "su expediente, hasta donde lo pueden ver",
    "To care for you.": "Para atenderle.",
    "To be paid for your care.": "Para cobrar por su cuidado.",
    "To run the practice safely and well.": "Para que el consultorio trabaje bien y con seguridad.",
    "In an emergency, when you could not be asked.": "En una emergencia, cuando no se le podía preguntar.",
    "They act for you.": "Actúa por usted.",
    "For your care.": "Por su cuidado.",
    "45 CFR 164.506(c): who treats you may see what they need, unless a rule asks for your signature.": (
        "45 CFR 164.506(c): quien le atiende puede ver lo que necesita, si ninguna regla pide su firma."
    ),
    "45 CFR 164.506(c): as little as it takes to be paid.": "45 CFR 164.506(c): solo lo necesario para cobrar.",
    "45 CFR 164.506(c): as little as it takes to run the practice.": (
        "45 CFR 164.506(c): solo lo necesario para administrar el consultorio."
    ),
    "45 CFR 164.506(c), 42 CFR 2.51: written down before anything shows, and reviewed by a person.": (
        "45 CFR 164.506(c), 42 CFR 2.51: se anota antes de ver nada, y una persona lo revisa."
    ),
    "45 CFR 164.502(g).": "45 CFR 164.502(g).",
    "Primary care": "Atención primaria",
    "Therapist": "Terapeuta",
    "Psychiatrist": "Psiquiatra",
    "Care manager": "Coordinación de cuidado",
    "Specialist": "Especialista",
    "Front desk": "Recepción",
    "Billing": "Facturación",
    "Practice leader": "Dirección del consultorio",
    "Privacy officer": "Encargado de privacidad",
    "Network office": "Oficina de la red",
    "Acts for you": "Actúa por usted",
    "Staff": "Personal",
    "Your name in a list": "Su nombre en una lista",
    "Prepared, not signed": "Preparado, sin firma",
    "Signed, waits for its witness": "Firmado, espera al testigo",
    "Signed": "Firmado",
    "Declined": "Usted dijo que no",
    "Taken back": "Retirado",
    "Ended": "Terminó",
    "and": "y",
}
"""Each English text of these pages that Python puts together, in Spanish."""


def said(text: str, language: str) -> str:
    """The text in that language. Raises KeyError for one that nobody has put into Spanish."""
    return TOLD[text] if language == "es" and text else text


def language_of(request: HttpRequest, requester: Requester) -> str:
    """The language asked for in the address, else the one that the patient's record prefers; English for any other."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else _preferred(requester)


def _preferred(requester: Requester) -> str:
    opened = open_chart(requester, chart_of(requester), kinds=("Patient",), route="my/language")
    return "es" if prefers_spanish(opened.facts.patient) else "en"


def long_day(on: date, language: str) -> str:
    """ "Tuesday, June 9, 2026", "martes 9 de junio de 2026"."""
    return f"{DAYS[on.weekday()]} {wording.day(on, 'es')}" if language == "es" else words.long_day(on)


def day(when: datetime | date | None, language: str) -> str:
    """ "Jun 9", "9 de junio de 2026", in the reader's zone; empty for none."""
    if when is None:
        return ""
    on = timezone.localtime(when).date() if isinstance(when, datetime) else when
    return wording.day(on, "es") if language == "es" else words.day(on, timezone.localdate())


def month(year: int, number: int, language: str) -> str:
    """ "June 2026", "Junio de 2026"."""
    if language == "es":
        return f"{wording.MONTHS_ES[number - 1].capitalize()} de {year}"
    return f"{words.LONG_MONTHS[number - 1]} {year}"


def form_words(form: Standing) -> dict[str, object]:
    """A form in short, in the Spanish that forms are printed in; its whole text stays as it was signed."""
    printed = phrases("es")
    own = _OWN.get(form.kind)
    what = [f"what.{own}"] if own else [f"what.{one.key}" for one in CATEGORIES if set(one.kinds) & set(form.kinds)]
    ends = form.expires_at and (form.expires_at.astimezone(ZoneInfo(form.zone)) - timedelta(seconds=1)).date()
    event = "until.event" if form.expires_event == "end_of_treatment" else "until.none"
    who = "todos los que le atienden" if form.names_everybody else form.recipient
    return {
        "name": printed[f"title.{form.kind}"],
        "what": [printed[one] for one in what or ("what.all",)],
        "purposes": ", ".join(printed[f"purpose.{one}"] for one in form.purposes),
        "until": f"{printed['until.date']} {wording.day(ends, 'es')}" if ends else printed[event],
        "receiver": ", ".join(filter(None, (form.recipient_person, who))),
        "state": said(STATE_WORDS[form.state], "es"),
        "ended": day(form.ended_at, "es"),
    }
