"""Every part and state on one page, for whoever builds or judges pages. All people on it are invented."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.web.access import public

COLORS = (
    ("ink", "text"), ("act", "press"), ("pc", "side"), ("bh", "side"), ("late", "status"),
    ("soon", "status"), ("done", "status"), ("canvas", "ground"), ("sunken", "ground"),
)  # fmt: skip
ICONS = (
    "late", "clock", "done", "check", "wait", "open", "shut", "pen", "lock", "key", "talk", "search", "menu", "close",
    "user", "team", "down", "right", "left", "plus", "no", "eye", "file", "print", "phone", "video", "calendar", "send",
    "back", "swap", "out", "gear", "pill", "door", "more",
)  # fmt: skip


class ExampleForm(forms.Form):
    """A form with a field that needs care."""

    first_visit = forms.CharField(label="Date of first visit", initial="06/31/2026")
    question = forms.CharField(label="Your question", widget=forms.Textarea(attrs={"rows": 2}))

    def clean_first_visit(self) -> str:
        """Always wrong, to show how that looks."""
        raise forms.ValidationError("June 31 does not exist. Use a day from June 9 on.")


@public
@require_GET
def parts(request: HttpRequest) -> HttpResponse:
    """The parts page."""
    now = clock.now()
    form = ExampleForm({"first_visit": "06/31/2026", "question": "Is this depression, early memory loss, or both?"})
    context = {
        "colors": COLORS,
        "icons": ICONS,
        "form": form,
        "yesterday": now - timedelta(days=2),
        "tomorrow": now + timedelta(days=1),
        "later": now + timedelta(days=9),
        "begun": now - timedelta(days=6),
        "marks": range(0, 101, 20),
    }
    return render(request, "parts/parts.html", context)
