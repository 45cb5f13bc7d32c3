"""The one settings file, driven by the environment; README lists the variables."""

from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from marshmallow.validate import OneOf, Range

from gatekeeper_site.adminsite import theme
from gatekeeper_site.core.environment import (
    database,
    env,
    kept_secret_key,
    networks,
    number,
    rate,
    seconds,
    seconds_list,
)
from gatekeeper_site.core.rates import Rate
from gatekeeper_site.version import VERSION

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("GATEKEEPER_DATA_DIR", "") or BASE_DIR / "var").resolve()

DEBUG = env.bool("DEBUG", False)
SECRET_KEY_IS_GIVEN = bool(env.str("SECRET_KEY", ""))
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret_key(DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "gatekeeper_site.core",
    "gatekeeper_site.audit",
    "gatekeeper_site.access",
    "gatekeeper_site.work",
    "gatekeeper_site.webhooks",
    "gatekeeper_site.api",
    "gatekeeper_site.adminsite",
    "gatekeeper_site.operations",
    "records_app",
    "requests_app",
    "ha_app",
    # Its pages are looked for where paths are (urls.py), which spares other processes them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_q",
]
# What serves no HTTP (manage.py says which commands those are) loads nothing of it.
SERVES_HTTP = env.bool("GATEKEEPER_SERVES_HTTP", True)
if SERVES_HTTP:
    INSTALLED_APPS = [
        # Before the admin and Django's static files, in whose place theirs are.
        "unfold",
        "whitenoise.runserver_nostatic",
        *INSTALLED_APPS,
        "django.contrib.staticfiles",
        "rest_framework",
        "django_filters",
        "drf_spectacular",
        "drf_spectacular_sidecar",
        "corsheaders",
    ]

MIDDLEWARE = [
    "gatekeeper_site.api.headers.known_origin",
    "gatekeeper_site.api.headers.safe_for_browsers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gatekeeper_site.api.middleware.errors_for_gohans_clients",
    "gatekeeper_site.access.api.keystone.errors.errors_for_keystones_clients",
    "gatekeeper_site.api.middleware.problems_for_programs",
    "gatekeeper_site.api.middleware.canonical_paths",
    "gatekeeper_site.api.middleware.readable_bodies",
    "gatekeeper_site.api.middleware.storable_cookies",
    "gatekeeper_site.api.people.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gatekeeper_site.api.people.AuthenticationMiddleware",
    "gatekeeper_site.api.headers.known_person",
    "gatekeeper_site.api.people.MessageMiddleware",
]
# Scripts of these other sites may call the API, with a token and never with the cookie. Without
# any, the middleware is left out: it would answer their preflight requests all the same.
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [])
if CORS_ALLOWED_ORIGINS:
    MIDDLEWARE.insert(1, "corsheaders.middleware.CorsMiddleware")
CORS_ALLOW_HEADERS = [
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "traceparent",
    "x-auth-token",
    "x-request-id",
    "x-subject-token",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Record-Count",
    "Record-Count-Exact",
    "Retry-After",
    "X-Request-ID",
    "X-Subject-Token",
    "X-Total-Count",
    "traceparent",
]

ROOT_URLCONF = "gatekeeper_site.urls"
WSGI_APPLICATION = "gatekeeper_site.wsgi.application"
# Canonical paths have no trailing slash, and the other form is served without a redirect.
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gatekeeper_site.adminsite.dashboard.banners",
            ],
        },
    },
]

DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'gatekeeper.sqlite3'}"
DATABASES = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = ["gatekeeper_site.adminsite.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", "") or DATA_DIR / "static").resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Where `make docs` has put the guide: what is below it is served as it stands, hence at /guide/.
GUIDE_ROOT = Path(env.str("GUIDE_ROOT", "") or BASE_DIR / "docs/_build/site").resolve()
WHITENOISE_ROOT = GUIDE_ROOT if GUIDE_ROOT.is_dir() else None
WHITENOISE_INDEX_FILE = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
# How many proxies of our own stand in front, one behind the other. What the headers say that they
# set (X-Forwarded-For, X-Forwarded-Proto) is believed only if there is one.
TRUSTED_PROXIES = number("TRUSTED_PROXIES", 0, least=0, most=10)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whether browsers reach the server over TLS: cookies then go over nothing else, and HSTS is sent.
SERVED_OVER_TLS = env.bool("SERVED_OVER_TLS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = env.int(
    "SECURE_HSTS_SECONDS", 31_536_000 if SERVED_OVER_TLS else 0, validate=Range(min=0)
)
LOGIN_URL = "rest_framework:login"
LOGIN_REDIRECT_URL = "/requests"
LOGOUT_REDIRECT_URL = "/docs"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gatekeeper_site.access.api.authentication.TokenAuthentication",
        "gatekeeper_site.access.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gatekeeper_site.access.api.permissions.RolePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["gatekeeper_site.access.api.permissions.TokenThrottle"],
    "DEFAULT_PARSER_CLASSES": [
        "gatekeeper_site.api.bodies.BodyParser",
        "gatekeeper_site.api.bodies.FormParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "gatekeeper_site.api.renderers.JSONRenderer",
        "gatekeeper_site.api.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": ("gatekeeper_site.api.negotiation.ContentNegotiation"),
    "DEFAULT_PAGINATION_CLASS": "gatekeeper_site.api.pagination.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "gatekeeper_site.api.schema.operations.OperationSchema",
    "VIEW_NAME_FUNCTION": "gatekeeper_site.api.renderers.view_name",
    "EXCEPTION_HANDLER": "gatekeeper_site.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": "format",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Gatekeeper",
    "DESCRIPTION": (
        "Instantiates, updates and terminates network services on an NFV platform, and keeps "
        "their records."
    ),
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "OAS_VERSION": "3.1.1",
    # What is taken and what is answered have serializers of their own; a change names what changes.
    "COMPONENT_SPLIT_PATCH": False,
    "PREPROCESSING_HOOKS": ["gatekeeper_site.api.schema.finishing.without_repetitions"],
    "POSTPROCESSING_HOOKS": [
        "gatekeeper_site.api.schema.enumerations.name_enumerations",
        "gatekeeper_site.api.schema.finishing.add_common_parts",
    ],
}

# The task queue (django-q). Why each value is what it is: docs/operations.md.
Q_CLUSTER: dict[str, Any] = {
    "name": "gatekeeper",
    "orm": "default",
    "workers": number("WORKER_PROCESSES", 2),
    "poll": 0.05,
    "bulk": 1,
    "queue_limit": 1,
    "timeout": 25,
    "retry": 90,
    "max_attempts": 3,
    "save_limit": -1,
    "recycle": 100_000,
    # It hears of a process's end at once. Of the timeout and the 3 s that django-q adds it takes
    # this away so often, and finds who hangs in a task where exactly 0 is left.
    "guard_cycle": 4,
    "catch_up": False,
    "scheduler": False,
    "log_level": "WARNING",
    # Of these, each worker runs one more cluster: what a customer's system keeps waiting is no
    # request. It waits more than it works, hence more processes.
    "ALT_CLUSTERS": {
        "callbacks": {
            "workers": number("CALLBACK_WORKER_PROCESSES", 3),
            "poll": 0.1,
        }
    },
}
# How many calls each process of the web works on at once, each with a database connection.
WEB_THREADS = number("WEB_THREADS", 4)
# How long a caller may take to send headers, or a body, or to take an answer; the two latter a
# second more for each 10 kB.
READ_SECONDS = seconds("READ_SECONDS", 30, least=0.1, most=3600)
# How long web and worker, when they are told to stop, let what they do come to its end.
STOP_SECONDS = seconds("STOP_SECONDS", 4, most=3600)

SESSION_TOKEN_SECONDS = number("SESSION_TOKEN_SECONDS", 3600, most=36_500 * 86_400)
# What Keystone's catalogue calls the region of this server.
KEYSTONE_REGION = env.str("KEYSTONE_REGION", "RegionOne")
THROTTLE_PER_TOKEN = rate("THROTTLE_PER_TOKEN", "6000/minute")
# Failed `POST /sessions`, after which there is a pause: of one user from one address, and of all
# users from one address, which may be that of many people.
LOGIN_FAILURES_PER_USER = Rate(10, seconds=300)
LOGIN_FAILURES_PER_ADDRESS = Rate(50, seconds=300)

MANO_DRIVER = env.str("MANO_DRIVER", "simulator")
MANO_AMQP_URL = env.str("MANO_AMQP_URL", "")
MANO_AMQP_CA_CERT = env.str("MANO_AMQP_CA_CERT", "")
MANO_AMQP_CERT = env.str("MANO_AMQP_CERT", "")
MANO_AMQP_KEY = env.str("MANO_AMQP_KEY", "")
OSM_URL = env.str("OSM_URL", "").rstrip("/")
OSM_USERNAME = env.str("OSM_USERNAME", "")
OSM_PASSWORD = env.str("OSM_PASSWORD", "")
OSM_PROJECT = env.str("OSM_PROJECT", "admin")
OSM_VIM_ACCOUNT = env.str("OSM_VIM_ACCOUNT", "")
OSM_CA_CERT = env.str("OSM_CA_CERT", "")
OSM_POLL_SECONDS = seconds("OSM_POLL_SECONDS", 5, least=0.1, most=3600)
OSM_TIMEOUT_SECONDS = seconds("OSM_TIMEOUT_SECONDS", 30, least=0.1, most=600)
MANO_ACCEPT_SECONDS = seconds("MANO_ACCEPT_SECONDS", 60)
MANO_FINISH_SECONDS = seconds("MANO_FINISH_SECONDS", 900)
# How often a MANO that can be asked is asked what runs of each instance; 0: never.
MANO_SYNC_SECONDS = seconds("MANO_SYNC_SECONDS", 3600)
SIMULATOR_STEP_SECONDS = seconds("SIMULATOR_STEP_SECONDS", 1, most=10**6)

HA_RESERVED_VLANS = env.str("HA_RESERVED_VLANS", "0,4095")
HA_CONFIRM_SECONDS = seconds("HA_CONFIRM_SECONDS", 600)

# Without endpoints there is no mirror: the worker confirms changes of HA objects.
ETCD_ENDPOINTS: list[str] = env.list("ETCD_ENDPOINTS", [])
ETCD_CA_CERT = env.str("ETCD_CA_CERT", "")
ETCD_CERT = env.str("ETCD_CERT", "")
ETCD_KEY = env.str("ETCD_KEY", "")
ETCD_USERNAME = env.str("ETCD_USERNAME", "")
ETCD_PASSWORD = env.str("ETCD_PASSWORD", "")

# Whether a request's callback is told, too, that its instance is not as recorded.
CALLBACK_INSTANCE_DRIFTED = env.bool("CALLBACK_INSTANCE_DRIFTED", False)
CALLBACK_SECRET = env.str("CALLBACK_SECRET", "")
# The pauses between the tries of a callback.
CALLBACK_RETRY_SECONDS = seconds_list("CALLBACK_RETRY_SECONDS", [10, 30, 60, 180, 420])
CALLBACK_ALLOWED_NETWORKS = networks("CALLBACK_ALLOWED_NETWORKS")

LOG_LEVEL = env.str(
    "LOG_LEVEL",
    "INFO",
    validate=OneOf(
        ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        error='It is DEBUG, INFO, WARNING, ERROR or CRITICAL, not "{input}".',
    ),
)
LOG_FORMAT = env.str(
    "LOG_FORMAT",
    "plain",
    validate=OneOf(("plain", "json"), error='It is "plain" or "json", not "{input}".'),
)
# gunicorn's processes read this too (deploy/gunicorn.conf.py).
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} [{ids}]: {message}", "style": "{"},
        "json": {"()": "gatekeeper_site.core.logs.JSONFormatter"},
    },
    "filters": {
        "origin": {"()": "gatekeeper_site.core.origin.OriginFilter"},
        "no_failed_probes": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://gatekeeper_site.core.logs.is_no_failed_probe",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["origin"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # That they are named takes their own handlers away, whose lines would be of another form.
        "django": {"level": "INFO"},
        "gunicorn.error": {"propagate": True},
        # A 4xx is the caller's to read, not the operator's. A 5xx is logged, also of the admin.
        "django.request": {"level": "ERROR", "filters": ["no_failed_probes"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django-q": {"level": "WARNING"},
        # What goes wrong with the broker is said once, by who uses it.
        "pika": {"level": "CRITICAL"},
    },
}

UNFOLD = theme.settings(STATIC_URL)
