"""What the pages say to the person who answers, in each language. The Spanish awaits review by somebody who speaks it.

Plain words of the sixth grade; nothing names a practice, a topic or a score.
"""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Questions for you", "Preguntas para usted"),
    "skip_link": ("Skip to the question", "Ir a la pregunta"),
    "start_head": ("Some questions from your care team", "Unas preguntas de su equipo de salud"),
    "start_lead": (
        "One question at a time. You may skip any of them. Your answers go to your care team.",
        "Una pregunta a la vez. Puede saltarse cualquiera. Sus respuestas van a su equipo de salud.",
    ),
    "count_one": ("1 question", "1 pregunta"),
    "count": ("About {count} questions", "Unas {count} preguntas"),
    "start": ("Start", "Empezar"),
    "decline": ("I do not want to answer", "No quiero contestar"),
    "who": ("Who answers?", "¿Quién contesta?"),
    "who_else": ("Somebody answers for the patient?", "¿Alguien contesta por el paciente?"),
    "me": ("The patient", "El paciente"),
    "parent": ("A parent", "La madre o el padre"),
    "guardian": ("A guardian", "La persona encargada"),
    "partner": ("A husband, wife or partner", "El esposo, la esposa o la pareja"),
    "child": ("A son or daughter", "Una hija o un hijo"),
    "other": ("Somebody else", "Otra persona"),
    "of": ("Question {number} of {count}", "Pregunta {number} de {count}"),
    "skip": ("Skip this question", "Saltar esta pregunta"),
    "back": ("Back", "Atrás"),
    "stop": ("Stop here", "Parar aquí"),
    "read": ("Read aloud", "Leer en voz alta"),
    "read_off": ("Stop reading", "Dejar de leer"),
    "language": ("Language", "Idioma"),
    "last_head": ("That was the last question", "Esa fue la última pregunta"),
    "last_lead": (
        "Send your answers, or go back and look at them again.",
        "Mande sus respuestas, o regrese para verlas otra vez.",
    ),
    "send": ("Send my answers", "Mandar mis respuestas"),
    "stop_head": ("Stop here?", "¿Parar aquí?"),
    "stop_lead": (
        "What you have answered goes to your care team. Nothing more is asked.",
        "Lo que contestó va a su equipo de salud. No se le pregunta nada más.",
    ),
    "stop_send": ("Stop and send what I answered", "Parar y mandar lo que contesté"),
    "later_link": (
        "Or close this page and open the link again later. What you answered is kept.",
        "O cierre esta página y abra el enlace más tarde. Lo que contestó se guarda.",
    ),
    "leave": ("Give the tablet back, go on later", "Devolver la tableta, seguir después"),
    "done_head": ("Thank you", "Gracias"),
    "done_link": (
        "Your answers have been sent. You can close this page now.",
        "Sus respuestas se mandaron. Ya puede cerrar esta página.",
    ),
    "done_tablet": (
        "Your answers have been sent. Please give the tablet back.",
        "Sus respuestas se mandaron. Por favor devuelva la tableta.",
    ),
    "declined_link": (
        "You said no, and that is fine. Your care goes on the same. You can close this page now.",
        "Usted dijo que no, y está bien. Su cuidado sigue igual. Ya puede cerrar esta página.",
    ),
    "declined_tablet": (
        "You said no, and that is fine. Your care goes on the same. Please give the tablet back.",
        "Usted dijo que no, y está bien. Su cuidado sigue igual. Por favor devuelva la tableta.",
    ),
    "stay_head_tablet": ("Please stay here. We are coming.", "Por favor quédese aquí. Ya vamos."),
    "stay_head_link": ("You are not alone with this.", "Usted no está a solas con esto."),
    "call": ("Call 988", "Llame al 988"),
    "text": ("Text 988", "Mande un texto al 988"),
    "stay_on": ("Go on with the questions", "Seguir con las preguntas"),
    "crisis": ("In a crisis?", "¿Está en crisis?"),
    "offline": (
        "No connection. Keep answering: your answers stay on this device and are sent when it is back.",
        "No hay conexión. Siga contestando: sus respuestas quedan aquí y se mandan cuando regrese.",
    ),
    "offline_end": (
        "No connection yet. Your answers are kept on this device. Please wait or tell the desk.",
        "Todavía no hay conexión. Sus respuestas están guardadas aquí. Espere o avise en la recepción.",
    ),
    "back_online": ("Connected. Your answers are saved.", "Hay conexión. Sus respuestas están guardadas."),
    "over_head": ("This page is closed", "Esta página está cerrada"),
    "over_lead": (
        "What you answered is kept. Please give the tablet back, or open the link again.",
        "Lo que contestó se guarda. Devuelva la tableta, o abra el enlace otra vez.",
    ),
}


def words(language: str) -> dict[str, str]:
    """Every sentence in one language; English where it is neither."""
    place = 1 if language == "es" else 0
    return {key: pair[place] for key, pair in _WORDS.items()}


def in_words(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """A text in the language wished, or in English, and which of them it is."""
    return (text[language], language) if language in text else (text.get("en", ""), "en")


INVITATION: Mapping[str, str] = {
    "en": "You have something new in Hallway: {address}",
    "es": "Tiene algo nuevo en Hallway: {address}",
}
"""What a text message or a mail may say: no name, no sender, no practice, no topic."""


def invitation(address: str, language: str) -> str:
    """The words that a link is sent with."""
    return INVITATION.get(language, INVITATION["en"]).format(address=address)
