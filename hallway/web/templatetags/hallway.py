"""Template tags and filters of Hallway's parts. A part is written once, here or in ``templates/hallway/parts``."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from hallway import clock
from hallway.screening.days import Given
from hallway.web import words

register = template.Library()

STATUS_ICONS = {"late": "late", "soon": "clock", "done": "done", "wait": "wait", "": "clock"}
NOTICE_ICONS = {"soon": "clock", "late": "late", "done": "done", "act": "clock"}
GATE_ICONS = {"open": "open", "pen_before": "pen", "pen_signed": "pen", "shut": "shut"}
STANDING = (
    "You see what may be shared with you for {their} treatment. That may not be everything. "
    "Ask {them} before you rely on something not being here."
)
"""The standing line: the same for every reader and chart but for the pronoun, so that it tells nothing."""
PRONOUNS = {"she": ("her", "her"), "he": ("his", "him"), "they": ("their", "them")}


@lru_cache(maxsize=256)
def _stamp(path: str) -> str:
    """The first figures of a static file's hash, so that a changed file is fetched anew."""
    file = Path(settings.STATIC_ROOT) / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file of ours: ``{% asset "hallway/css/base.css" %}``."""
    return f"{settings.STATIC_URL}{path}?v={_stamp(path)}"


@register.simple_tag
def icon(name: str, cls: str = "") -> SafeString:
    """One icon of the sprite, hidden from readers because the word beside it speaks."""
    return format_html(
        '<svg class="i{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {cls}" if cls else "",
        asset("hallway/icons.svg"),
        name,
    )


@register.simple_tag
def status(kind: str, text: str, icon_name: str = "", wrap: bool = False) -> SafeString:
    """A word with a shape: ``late``, ``soon``, ``done``, ``wait`` or neutral (empty)."""
    color = kind if kind in {"late", "soon", "done"} else ""
    cls = " ".join(filter(None, ("st", color, "wrap" if wrap else "")))
    return format_html('<span class="{}">{}{}</span>', cls, icon(icon_name or STATUS_ICONS.get(kind, "clock")), text)


@register.filter
def said(words: dict[str, str], key: str) -> str:
    """A phrase by its id, where the id holds a dot; empty for none."""
    return words.get(key, "")


@register.simple_tag
def side(which: str, text: str, hidden: bool = False) -> SafeString:
    """Which side of the hall: square door ``pc``, arched door ``bh``, dot for anybody else; ``hidden`` only speaks."""
    known = which if which in {"pc", "bh"} else "other"
    shown = format_html('<span class="sr">{}</span>', text) if hidden else text
    return format_html('<span class="side {}">{}</span>', known, shown)


@register.simple_tag
def new_mark() -> SafeString:
    """New since the reader looked last: a dot, and the word for those who hear the page."""
    return mark_safe('<span class="dot-new"></span><span class="sr">New. </span>')


@register.simple_tag
def meter(percent: float, kind: str = "") -> SafeString:
    """A bar of 0 to 100, a picture of the words beside it."""
    return format_html(
        '<svg class="meter" aria-hidden="true" focusable="false">'
        '<rect class="{}" width="{}%" height="100%"></rect></svg>',
        kind,
        max(0, min(100, round(percent))),
    )


@register.inclusion_tag("hallway/parts/clock.html")
def clock_meter(label: str, opened_at: datetime, due_at: datetime, owner: str = "") -> dict[str, object]:
    """A running clock: what, whose, how much is left, and a bar."""
    text, kind = words.left(timezone.localtime(due_at), timezone.localtime(clock.now()))
    percent = words.elapsed_percent(opened_at, due_at, clock.now())
    return {"label": label, "owner": owner, "text": text, "kind": kind, "percent": percent}


@register.inclusion_tag("hallway/parts/gate.html")
def gate(
    preview: Any = None, *, link: str = "", link_text: str = "", plain: bool = False, **said: Any
) -> dict[str, Any]:
    """The gate's sentence. Give a ``Preview`` of consent, or ``verdict, headline, reason, citation, verified``.

    ``icon`` overrides the door or pen of the verdict. Without a verdict the door is shut.
    """

    def part(name: str, default: Any) -> Any:
        return said.get(name, getattr(preview, name, default))

    verdict = part("verdict", "shut")
    return {
        "icon_name": said.get("icon", GATE_ICONS.get(verdict, "shut")),
        "headline": part("headline", ""),
        "reason": part("reason", ""),
        "citation": part("citation", ""),
        "verified": part("verified", True),
        "link": link,
        "link_text": link_text or ("Read the rule" if verdict == "open" else ""),
        "plain": plain,
    }


@register.inclusion_tag("hallway/parts/empty.html")
def empty(title: str, text: str = "", link: str = "", label: str = "") -> dict[str, str]:
    """An empty region: that it is good, or why, and what comes next."""
    return {"title": title, "text": text, "link": link, "label": label}


@register.inclusion_tag("hallway/parts/notice.html")
def notice(
    kind: str, bold: str, text: str = "", *, icon_name: str = "", link: str = "", label: str = ""
) -> dict[str, str]:
    """A line across the page: ``soon``, ``late``, ``done`` or ``act``. One at a time."""
    chosen = icon_name or NOTICE_ICONS.get(kind, "clock")
    return {"kind": kind, "bold": bold, "text": text, "icon_name": chosen, "link": link, "label": label}


@register.simple_tag
def standing(pronoun: str = "they") -> SafeString:
    """The standing line at the foot of all that is about a patient; ``she``, ``he`` or ``they``."""
    their, them = PRONOUNS.get(pronoun, PRONOUNS["they"])
    return format_html('<p class="standing mt-3">{}</p>', STANDING.format(their=their, them=them))


@register.inclusion_tag("hallway/parts/error_list.html")
def error_list(form: Any) -> dict[str, Any]:
    """What is missing or wrong in a form, each linked to its field; nothing when all is well."""
    found = [
        (form[name] if name in form.fields else None, text) for name, texts in form.errors.items() for text in texts
    ]
    return {"errors": found}


@register.simple_tag
def field(bound: BoundField, hint: str = "", cls: str = "", **attrs: str) -> SafeString:
    """A labelled field with its hint and, above it, what is wrong. ``attrs``: underscores become hyphens."""
    hint = hint or str(bound.help_text)
    described = [f"{bound.id_for_label}-hint"] if hint else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    extra = {key.replace("_", "-"): value for key, value in attrs.items()} | {"class": f"in {cls}".strip()}
    if described:
        extra["aria-describedby"] = " ".join(described)
    if bound.errors:
        extra["aria-invalid"] = "true"
    control = bound.as_widget(attrs=extra)  # type: ignore[arg-type]  # django-types knows no attrs here
    context = {"field": bound, "hint": hint, "control": control}
    return render_to_string("hallway/parts/field.html", context)


@register.simple_block_tag  # type: ignore[attr-defined]  # django-types is a version behind
def panel(
    content: str, title: str, *, key: str, end: str = "", note: str = "", foot: str = "", cls: str = ""
) -> SafeString:
    """A region with a heading: ``{% panel "Problems" key="pr" %}...{% endpanel %}``; its content brings the body."""
    context = {"content": content, "title": title, "key": key, "end": end, "note": note, "foot": foot, "cls": cls}
    return render_to_string("hallway/parts/panel.html", context)


def _today() -> date:
    return timezone.localtime(clock.now()).date()


def _date(value: datetime | date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: datetime | date | None) -> str:
    """``Jun 9``, with the year when it is not this one."""
    return words.day(_date(value), _today()) if value else ""


@register.filter
def given(value: Given | None) -> str:
    """The day of a score as exactly as it was sent: ``Jun 9``, ``May 2026``, ``Jun 9 (arrived)``."""
    return words.given(value, _today()) if value else ""


@register.filter
def on_given(value: Given | None) -> str:
    """The same within a sentence: ``on Jun 9``, ``in May 2026``."""
    return words.on_given(value, _today()) if value else ""


@register.filter
def near_day(value: datetime | date | None) -> str:
    """``Today``, ``Tomorrow``, ``Thu, Jun 11`` within a week, else ``Jun 20``."""
    return words.near_day(_date(value), _today()) if value else ""


@register.filter
def long_day(value: datetime | date | None) -> str:
    """``Tuesday, June 9, 2026``."""
    return words.long_day(_date(value)) if value else ""


@register.filter
def time_of_day(value: datetime | None) -> str:
    """``4:42 pm`` in the reader's zone."""
    return words.time_of_day(timezone.localtime(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """``4:42 pm`` today, else ``Jun 9, 4:42 pm``."""
    return words.moment(timezone.localtime(value), _today()) if value else ""


@register.filter
def birth_date(value: date | None) -> str:
    """``03/14/1955``; a dash when it is not known."""
    return words.birth_date(value) if value else "–"


@register.filter
def age(value: date | None) -> str:
    """Age today, as a person would say it; empty when the birth date is not known."""
    return words.age(value, _today()) if value else ""


@register.filter
def due_text(value: datetime | None) -> str:
    """``2 days late``, ``Today``, ``Thu, Jun 11``."""
    return words.due(timezone.localtime(value), timezone.localtime(clock.now()))[0] if value else ""


@register.filter
def due_kind(value: datetime | None) -> str:
    """``late``, ``soon`` or empty, for ``status``."""
    return words.due(timezone.localtime(value), timezone.localtime(clock.now()))[1] if value else ""


@register.filter
def ago(value: datetime) -> str:
    """``19 minutes``: how long it is since then."""
    return words.duration(clock.now() - value)


@register.filter
def iso(value: datetime | date | None) -> str:
    """For the ``datetime`` attribute of ``time``."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    return value.isoformat() if value else ""
