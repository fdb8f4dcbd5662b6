"""Django's settings, few and all from the environment. An invalid value stops the start with a sentence."""

import os
from pathlib import Path

from hallway import clock
from hallway.app import environment, logs
from hallway.app.demo import present
from hallway.storage import database_url

HOME = Path(os.environ.get("HALLWAY_HOME", "~/.hallway")).expanduser()
DEMO = os.environ.get("HALLWAY_DEMO") == "1"
if DEMO:
    clock.run_behind(present.behind(HOME))
SECRET_KEY = os.environ.get("HALLWAY_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("HALLWAY_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
ROOT_URLCONF = "hallway.web.urls"
WSGI_APPLICATION = "hallway.app.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "hallway.ledger.apps.LedgerConfig",
    "hallway.identity.apps.IdentityConfig",
    "hallway.directory.apps.DirectoryConfig",
    "hallway.record.apps.RecordConfig",
    "hallway.labels.apps.LabelsConfig",
    "hallway.consent.apps.ConsentConfig",
    "hallway.loops.apps.LoopsConfig",
    "hallway.screening.apps.ScreeningConfig",
    "hallway.talking.apps.TalkingConfig",
    "hallway.referral.apps.ReferralConfig",
    "hallway.consultation.apps.ConsultationConfig",
    "hallway.quality.apps.QualityConfig",
    "hallway.triggers.apps.TriggersConfig",
    "hallway.exchange.bulk.apps.BulkConfig",
    "hallway.exchange.apps.ExchangeConfig",
    "hallway.web.apps.WebConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hallway.web.middleware.SessionMiddleware",
    "hallway.web.middleware.ErrorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "hallway.web.context.page"],
            "builtins": ["hallway.web.templatetags.hallway"],
        },
    }
]

# The application's role owns nothing; migrations and role set-up use the alias "owner".
# Django's defaults cost us half the throughput: no prepared statements, bytea as hex (prototypes.md, trap 9).
DATABASES = {
    "default": database_url.django_settings(role="hallway_app"),
    "owner": database_url.django_settings(role=None) | {"TEST": {"MIRROR": "default"}},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).resolve().parent.parent / "web" / "static"
STATICFILES_DIRS: list[str] = []
WHITENOISE_USE_FINDERS = True
# Addresses of our files carry a stamp of their content (web/templatetags), so a week in the cache is safe.
WHITENOISE_MAX_AGE = 7 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hallway.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
# Only where the operator says that a server with TLS stands in front: else anybody could claim it with a header.
BEHIND_TLS = os.environ.get("HALLWAY_BEHIND_TLS") == "1"
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    # The supervisor asks on loopback, without the proxy.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
# Who may read /metrics. Not "from this machine": behind a proxy everybody comes from this machine.
METRICS_TOKEN = os.environ.get("HALLWAY_METRICS_TOKEN", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Hosts that registered addresses may name although they are private or without TLS: keys of callers, subscribers.
OUTWARD_HOSTS = [host for host in os.environ.get("HALLWAY_OUTWARD_HOSTS", "").split(",") if host]
# Where subscribers' websockets are answered on this machine; the supervisor names it. 0: at the address of the pages.
SOCKET_PORT = environment.whole_number(os.environ, "HALLWAY_SOCKET_PORT", usual=0, least=0, most=65535)
# Hours from the asking until the files of a bulk export are deleted.
EXPORT_HOURS = environment.whole_number(os.environ, "HALLWAY_EXPORT_HOURS", usual=24, least=1, most=30 * 24)
# Texts of instruments that this installation is licensed for and that do not ship (docs/adding-an-instrument.md).
INSTRUMENT_TEXTS = os.environ.get("HALLWAY_INSTRUMENT_TEXTS", "") or str(HOME / "instruments")
# The operator's mail server and the address that mails come from; none are sent where either is missing.
MAIL_SERVER = environment.mail_server(os.environ, "HALLWAY_MAIL_SERVER")
MAIL_FROM = os.environ.get("HALLWAY_MAIL_FROM", "")
LOGGING = logs.CONFIG
