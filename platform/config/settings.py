"""Settings: choices come from the environment, the defaults suit one laptop."""

import os
import shlex
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.broker import CONNECT_S, broker_options, broker_url
from config.database import database
from config.env import env_bool, env_dir, env_int, env_list, env_str
from config.secret import secret_key
from config.storages import storages

ROOT = Path(__file__).resolve().parents[2]

# ---- where things are kept ----------------------------------------------------------------------

SEMBLANCE_HOME = env_dir("SEMBLANCE_HOME", ROOT / "var")
SEMBLANCE_HOME.mkdir(parents=True, exist_ok=True)

SEMBLANCE_HOST = env_str("HOST", "127.0.0.1")
SEMBLANCE_PORT = env_int("PORT", 8000, at_least=1, at_most=65535)

# Each has eight threads. Another process helps where the database serves several writers at once.
SEMBLANCE_WEB_PROCESSES = env_int(
    "SEMBLANCE_WEB_PROCESSES",
    min(os.cpu_count() or 1, 4) if env_str("SEMBLANCE_DATABASE_URL", "") else 1,
    at_least=1,
    at_most=64,
)

# ---- the installation ---------------------------------------------------------------------------

DEBUG = env_bool("SEMBLANCE_DEBUG", False)
SECRET_KEY = env_str("SEMBLANCE_SECRET_KEY", "") or secret_key(SEMBLANCE_HOME / "secret_key")
ALLOWED_HOSTS = env_list("SEMBLANCE_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("SEMBLANCE_ALLOWED_HOSTS is '*'; name the hosts one by one.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "rest_framework.authtoken",
    "template_partials",
    "core",
    "accounts",
    "catalog",
    "runs",
    "exchange",
    "compare",
    "survey",
    "review",
    "tour",
    "api",
]
AUTH_USER_MODEL = "accounts.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.sending.PartsOfFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ToastsOnFragments",
    "axes.middleware.AxesMiddleware",  # last: it answers for sign-ins that were refused
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": [
                "core.templatetags.interface",
                "core.templatetags.quantities",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

FORM_RENDERER = "core.forms.HouseRenderer"

DATABASES = {
    "default": database(
        env_str("SEMBLANCE_DATABASE_URL", ""), file=SEMBLANCE_HOME / "semblance.sqlite3"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files by hash; `core.files` is the only writer.
MEDIA_ROOT = SEMBLANCE_HOME / "storage"
STORAGES = storages()

# ---- uploads ------------------------------------------------------------------------------------

SEMBLANCE_UPLOAD_MAX_MB = env_int("SEMBLANCE_UPLOAD_MAX_MB", 20_000, at_least=1, at_most=10**7)
# How long half an upload waits to be gone on with.
SEMBLANCE_UPLOAD_HOURS = env_int("SEMBLANCE_UPLOAD_HOURS", 48, at_least=1, at_most=8_760)
# A form without JavaScript sends all its files at once; Django's 100 are fewer than a folder has.
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000
# Of a form without its files, and of JSON: the corrections of a mask may have 8 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000

# ---- people -------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses after too many tries
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "tour:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # it would keep who signed in from which network address
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_HANDLER = "accounts.wrong_passwords.DiscreetHandler"
AXES_CLIENT_IP_CALLABLE = "core.discreet.stand_in_address"  # it stores what this returns
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True

# How many proxies of our own stand in front. Each adds the address of who asked it to the right of
# X-Forwarded-For; what stands further left is anybody's word.
SEMBLANCE_TRUSTED_PROXIES = env_int("SEMBLANCE_TRUSTED_PROXIES", 0, at_least=0, at_most=10)

# Whether browsers reach this through HTTPS: a proxy in front ends it and sets X-Forwarded-Proto.
SEMBLANCE_HTTPS = env_bool("SEMBLANCE_HTTPS", False)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SEMBLANCE_HTTPS
if SEMBLANCE_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- jobs ---------------------------------------------------------------------------------------

# A message is JSON and carries an id; nothing that could run code is ever unpacked.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False  # the row is the record: see `runs.tasks`
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_TIMEOUT = CONNECT_S
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_URL = broker_url(
    env_str("SEMBLANCE_BROKER_URL", ""), file=SEMBLANCE_HOME / "broker.sqlite3"
)
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_BROKER_URL)

# Where stages work; what they finish is kept in the storage.
SEMBLANCE_WORK = env_dir("SEMBLANCE_WORK", SEMBLANCE_HOME / "work")
# How long it keeps what a run needs to be resumed that failed, was cancelled or lost.
SEMBLANCE_WORK_DAYS = env_int("SEMBLANCE_WORK_DAYS", 14, at_least=1, at_most=3_650)
# What runs a stage: `COMMAND run SPEC OUT`, in the work folder. A cluster may put `srun` in front.
SEMBLANCE_STAGE_COMMAND = env_str(
    "SEMBLANCE_STAGE_COMMAND", shlex.join([sys.executable, "-m", "pipeline"])
)
SEMBLANCE_LEASE_S = env_int("SEMBLANCE_LEASE_S", 30, at_least=1, at_most=3_600)
SEMBLANCE_SWEEP_S = env_int("SEMBLANCE_SWEEP_S", 10, at_least=1, at_most=3_600)

# ---- the API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",  # first: it says 401, not 403
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.IsMember"],
    "DEFAULT_PAGINATION_CLASS": "api.paging.KeyPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "api.errors.answer",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Semblance",
    "DESCRIPTION": "Datasets, runs and their files, for scripts. Sign in with a token: "
    "`Authorization: Token ...` (your profile page makes one, and so does `POST /api/token`).\n\n"
    "Large files come in pieces that survive a cut, by the tus protocol 1.0 "
    "(https://tus.io; any of its clients, with the same header): create an upload with "
    "`POST /exchange/datasets/{dataset}/uploads/`, send to the `Location` that it answers, then "
    "take it in with `POST /api/datasets/{dataset}/uploads/` and the last part of that address "
    "in `uploads`. It waits for the next piece for two days.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

# ---- what a browser may do ----------------------------------------------------------------------

# Nothing inline, nothing evaluated, nothing from elsewhere. Two packages put a style sheet into the
# page that never changes; their hashes let these in and nothing else. When an update of a package
# changes its sheet, tests/browser/test_vendor.py fails and the browser names the new hash.
STYLES_OF_PACKAGES = [
    "'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE='",  # OpenSeadragon 6
    "'sha256-3DGwvqeuzfpl1OM1mb285/TwB5+qWlC5a2FoZJ0askE='",  # Vega 6: tooltips
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF, *STYLES_OF_PACKAGES],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True

# ---- static files -------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [ROOT / "static"]
if (ROOT / "static_vendor").is_dir():  # made by `manage.py vendor`
    STATICFILES_DIRS.append(("vendor", ROOT / "static_vendor"))
# Served from where they lie: no copy that could be older than the code.
WHITENOISE_USE_FINDERS = True

# ---- language, time, log ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.discreet.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"axes": {"level": "WARNING"}, "celery": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env_str("SEMBLANCE_LOG_LEVEL", "INFO").upper()},
}
