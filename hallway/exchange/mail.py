"""The one way by which Hallway sends mail: through the operator's own server, over TLS, in plain text.

A mail is open to everybody who carries it, so nothing that is about a patient may be in one, ids included. Nothing is
sent where the operator names no server (``HALLWAY_MAIL_SERVER``).
"""

import re
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from hallway.exchange.outward import LOOPBACK

SECONDS = 10.0
"""How long the server may take for each of its answers."""
_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62})\.){1,8}[A-Za-z]{2,24}")
_PORTS = {"smtps": 465, "smtp": 587}


class MailError(Exception):
    """A mail that was not sent. ``reason`` is a code, never an address or a word of the server's."""

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


def is_offered() -> bool:
    """Whether the operator has named a server and the address that mails come from."""
    return bool(settings.MAIL_SERVER and settings.MAIL_FROM)


def is_address(text: str) -> bool:
    """Whether it is one plain address: no name beside it, no second one, nothing that could be a header."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def send(to: str, *, subject: str, text: str) -> None:
    """Hand one mail to the operator's server. Raises MailError when it did not take it."""
    if not is_offered() or not is_address(to):
        raise MailError("address")
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings.MAIL_FROM, to, subject
    # No machine shall answer that somebody is on holiday.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    parts = urlsplit(settings.MAIL_SERVER)
    try:
        with _connected(parts) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(made)
    except smtplib.SMTPRecipientsRefused:
        raise MailError("mail-refused") from None
    except TimeoutError:
        raise MailError("timeout") from None
    except (OSError, smtplib.SMTPException, ValueError):
        raise MailError("no-answer") from None


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """The server, with TLS; without it on this machine alone."""
    host, port, context = parts.hostname or "", parts.port or _PORTS[parts.scheme], ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if host not in LOOPBACK:
        server.starttls(context=context)
    return server
