"""The registry of exporters: every function that makes bytes to be carried away, and the exits that it is asked by.

Routes are walked by themselves; this says of each printer, download and file which of those routes the proof reaches
it by, or that only the operator of the server can call it, who holds the database anyway. A test reads the source for
functions of the kind and compares: an exporter that is not here fails it.
"""

OPERATOR = "the operator, at the server's own command line"

EXPORTERS: dict[str, tuple[str, ...]] = {
    "standards.pdf.printed": (
        "reports:pdf",
        "consents:pdf",
        "disclosures:pdf",
        "my:printed",
        "messages:paper",
        "messages:sheet",
        "safety:plan",
    ),
    "consultation.printing.printed": ("reports:pdf",),
    "consent.forms.printing.printed": ("consents:pdf",),
    "consent.disclosures.printing.printed": ("disclosures:pdf",),
    "web.api.views.document": ("api:openapi",),
    "web.consents.papers.kept": ("consents:page",),
    "web.consents.signing.paper": ("consents:pdf",),
    "web.disclosures.views.pdf": ("disclosures:pdf",),
    "web.health.healthz": ("healthz",),
    "web.metrics.metrics": ("metrics",),
    "talking.printing.checklist": ("messages:paper",),
    "talking.printing.sheet": ("messages:sheet",),
    "screening.safety.printing.plan": ("safety:plan",),
    "web.messages.threads.as_pdf": ("messages:sheet", "messages:paper"),
    "web.safety.views.plan_pdf": ("safety:plan",),
    "web.my.record.download": ("my:download",),
    "web.my.record.printed": ("my:printed",),
    "web.network.views.download": ("network:download",),
    "web.reports.views.pdf": ("reports:pdf",),
    "web.review.views.file": ("review:file",),
    "web.sign_in.passkeys.challenge": ("sign_in:passkey-challenge",),
    "exchange.bulk.files.append": ("fhir:/fhir/exports/{id}/{file}",),
    "app.commands.ledger._export": (OPERATOR,),
    "app.serving.bring_up_to_date": (OPERATOR,),
    "app.supervisor.look": (OPERATOR,),
    "ledger.heads._append": (OPERATOR,),
    "ledger.standalone.main": (OPERATOR,),
    "storage.backup._fill": (OPERATOR,),
    "storage.cluster._create": (OPERATOR,),
    "storage.embedded._launch": (OPERATOR,),
}
"""Function -> exits of ``exits.every_exit``, or ``OPERATOR``."""
