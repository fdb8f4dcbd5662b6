"""Is a PDF accessible? PDF/UA-1 (ISO 14289-1) judged by a checker of its own, and what no checker of rules sees."""

import io

import page
import pypdf


def broken_rules(pdf: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a file breaks, by clause and test; empty for a file that keeps them all."""
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    assert report.rules.total > 100, "the checker lost its rules"
    return sorted({failure.rule_id for failure in report.failures})


def check(pdf: bytes, *, language: str, title: str) -> str:
    """Fail unless the file keeps PDF/UA-1, speaks the language and bears the title that it is shown by; its text."""
    assert broken_rules(pdf) == []
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pypdf.PdfReader(io.BytesIO(pdf)).metadata.title == title
    return text_of(pdf)


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page, in the order of the file, which is the order that they are read aloud in."""
    return [" ".join(one.extract_text().split()) for one in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def damaged(pdf: bytes, change) -> bytes:
    """The file with one thing taken out of it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
