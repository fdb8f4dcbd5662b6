"""The refusals of this room, each once. None names a patient, a form's content or what was typed."""

from hallway.errors import HallwayError, Kind


def stale(*, by_you: bool = False) -> HallwayError:
    """It has changed since it was read: ``by_you`` where the reader's own first press changed it, else nobody named."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-003",
        what="You changed this yourself a moment ago." if by_you else "This was changed while you were reading.",
        undone="This press changed nothing.",
        to_do="Open it again and look at where it stands.",
    )


def not_now() -> HallwayError:
    """The step is not legal in the state the form is in."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-004",
        what="This form is no longer at that step.",
        undone="Nothing was changed.",
        to_do="Open it again and look at where it stands.",
    )


AGAIN = "Prepare the form again."
INVALID = {
    "": ("an element is missing or may not stand on it.", AGAIN),
    "kind": ("it is of no kind that there is.", "Choose one of the forms that the page offers."),
    "discloser": ("it does not say who shares.", AGAIN),
    "recipient": ("it does not say who receives, or names the one who shares.", "Choose who may see it."),
    "purpose": ("it does not say what it is for, or names more than its law allows.", "Choose what it is for."),
    "classes": ("it does not say what is shared.", "Choose what they may see."),
    "not_on_this_form": ("it carries what the law wants on a form of its own.", "Take it off, and make that form."),
    "kinds": ("it does not say what is shared.", "Choose what they may see."),
    "expiry": ("it has no end, or its last day is over.", "Prepare it again with a day to come."),
    "too_long": (
        "it holds longer than the year that this state allows.",
        "Choose an earlier day, or tick that the patient asked for more than a year.",
    ),
    "print_size": ("its print is smaller than this state allows.", AGAIN),
    "statement": ("it lacks a statement that the law asks for.", AGAIN),
}
"""What is wrong with a form, by the checker's code, and what to do."""


def invalid_form(element: str) -> HallwayError:
    """The form misses an element, or carries what may not stand on it; ``element`` is the checker's code."""
    what, to_do = INVALID.get(element.partition(":")[0], INVALID[""])
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-005",
        what=f"The form would not be valid: {what}",
        undone="Nothing was prepared or signed.",
        to_do=to_do,
        field=element,
    )


def class_and_person() -> HallwayError:
    """A form for everybody who treats the patient names a person besides."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-013",
        what="This form is for everybody who treats the patient, and it names one person besides.",
        undone="Nothing was prepared or signed.",
        to_do="Name that person with their practice on a form of their own, or take the name off this one.",
        field="recipient",
    )


def not_of_age() -> HallwayError:
    """Somebody under eighteen was to sign as if of age."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-037",
        what="The patient is not eighteen yet, and nobody said by what right the form is signed.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Say that the young person may agree to this care alone, or let a parent or guardian sign.",
        field="signer",
    )


def no_signature(field: str) -> HallwayError:
    """The evidence of signing is missing or not what it says it is."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-006",
        what="The patient's signature is missing or cannot be read.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Ask the patient to draw it, or to type the full name with a witness.",
        field=field,
    )


def no_initials() -> HallwayError:
    """What is shared apart stands on the form without the signer's initials beside it."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-014",
        what="The initials beside what is shared apart are missing.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Write the initials, or ask for a form without it.",
        field="initials",
    )


def needs_witness() -> HallwayError:
    """A signature taken by the party that will receive is no evidence by itself."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-007",
        what="A signature taken at the practice that will receive needs a witness besides you.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Ask somebody else at your desk to witness it, or let the patient sign on their own phone.",
        field="witness",
    )


def unknown_code(field: str) -> HallwayError:
    """A code that is on no list."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-008",
        what="That choice is not on the list.",
        undone="Nothing was changed.",
        to_do="Choose one of those that the page offers.",
        field=field,
    )


def not_yours() -> HallwayError:
    """The role may not use this function."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-CON-009",
        what="Your role does not do this.",
        undone="Nothing was changed.",
        to_do="Ask a clinician of your practice, or change your role at the top.",
    )


def no_reason() -> HallwayError:
    """Emergency access without a reason in words."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-010",
        what="Emergency access needs a reason in words.",
        undone="Nothing was opened.",
        to_do="Write what is happening, in a sentence.",
        field="reason",
    )


def no_source() -> HallwayError:
    """A capability stored content without saying where it comes from."""
    return HallwayError(
        Kind.FAULT,
        "H-CON-011",
        what="Content came without saying who wrote it.",
        undone="Nothing was stored.",
        to_do="Report this: the code that stored it is at fault.",
    )


def not_informed() -> HallwayError:
    """A determination without telling the patient, where the rule demands it."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-012",
        what="The patient must be told of this, and the facts of the rule must all be there.",
        undone="Nothing was recorded and nothing was opened.",
        to_do="Tell the patient, check each fact, then record it.",
        field="facts",
    )


def no_authority() -> HallwayError:
    """A representative signed without saying by what authority (164.508(c)(1)(vi))."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-021",
        what="A representative's name and authority are missing, or the paper is not with this chart.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Write the representative's full name, choose by what right they sign, and say what shows it.",
        field="authority",
    )


NOT_THEIRS = {
    "minors_own": (
        "The young person agreed to this care alone, so nobody else signs for it.",
        "Let the young person sign.",
    ),
    "of_age": (
        "A parent signs for a child, and the patient is of age.",
        "Let the patient sign, or choose the right that a paper gives.",
    ),
    "program": (
        "For a grown patient, a substance use program's records open by a court's guardian or by an executor.",
        "Let the patient sign. An agent or a power of attorney is not enough here.",
    ),
}


def not_theirs_to_sign(why: str) -> HallwayError:
    """A representative may not sign this form; ``why`` is a word of ``NOT_THEIRS``."""
    what, to_do = NOT_THEIRS[why]
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-038",
        what=what,
        undone="Nothing was signed and nothing was opened.",
        to_do=to_do,
        field="authority",
    )


def half_an_interpreter() -> HallwayError:
    """An interpreter without a language, or a language without an interpreter."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-022",
        what="The interpreter's name and language belong together, and one is missing.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Write both, or leave both empty.",
        field="interpreter",
    )


def members_missing() -> HallwayError:
    """Each member of a family must sign, and one has not."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-023",
        what="A further person must sign this form and has not.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Let each person write their name and sign.",
        field="members",
    )


def asked_not_to_be_asked() -> HallwayError:
    """The patient declined and named a day before which nobody asks again."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-024",
        what="The patient said no and asked not to be asked again yet.",
        undone="No form was prepared.",
        to_do="Wait until the day they chose, unless they bring it up: then tick that they did.",
    )


def link_shut() -> HallwayError:
    """A signing link that is unknown, used, too old or shut: one answer for all."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-025",
        what="That link and that birth date do not open a form: the date is not right, or the link has ended.",
        undone="Nothing more was shown or signed.",
        to_do="Check the birth date. If you have answered already, all is well. If not, ask the desk for a new link.",
        field="birth_date",
    )


def unreadable_paper() -> HallwayError:
    """An upload that is no PDF, PNG or JPEG, or is too large."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-026",
        what="That file is not a PDF or a picture of a page, or it is larger than 8 MB.",
        undone="Nothing was stored.",
        to_do="Scan or photograph the page and choose it again.",
        field="paper",
    )


def paper_lacks(element: str) -> HallwayError:
    """A form signed elsewhere lacks an element that the law asks for."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-027",
        what="An element that the law asks for was not found on the paper.",
        undone="The form was not accepted and nothing was opened.",
        to_do="Look for the marked element. If it is not there, prepare a form here and have it signed.",
        field=element,
    )


def no_template() -> HallwayError:
    """A template without a name or without words, or one that is not the practice's."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-028",
        what="The template has no name, no words, or too many of them.",
        undone="Nothing was kept.",
        to_do="Give it a name and between one and twelve paragraphs.",
        field="template",
    )


def say_it(field: str) -> HallwayError:
    """A text that must say something says nothing, or too much."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-020",
        what="Something is missing, or cannot be printed.",
        undone="Nothing was written down.",
        to_do="Write it in a few words.",
        field=field,
    )


def not_the_minors() -> HallwayError:
    """The state's rows do not give the service to the minor on the facts that were ticked."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-029",
        what="On these facts the law of this state does not give this care to the young person alone.",
        undone="Nothing was written down. A parent's rights stand.",
        to_do="Tick what is so and written in the record, or leave it as it is.",
        field="facts",
    )


def too_many_searches() -> HallwayError:
    """Too many emergency searches by one person that found nobody."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-035",
        what="You have searched five times within an hour and nobody answered to it.",
        undone="Nothing was looked up and nothing was opened.",
        to_do="Call the privacy officer, or wait an hour.",
    )


def name_taken() -> HallwayError:
    """A sign-in name that somebody has, or a second sign-in for one entry."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-036",
        what="This name cannot be used for a new sign-in, or there is one already.",
        undone="No sign-in was made.",
        to_do="Use another name, or the sign-in that is there.",
        field="login",
    )
