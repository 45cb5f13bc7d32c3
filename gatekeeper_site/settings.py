"""The one settings file, driven by the environment; README lists the variables."""

import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from environs import Env
from marshmallow.validate import Range

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("GATEKEEPER_DATA_DIR", "") or BASE_DIR / "var").resolve()


def kept_secret_key() -> str:
    """The key in the data directory, made at the first start.

    Linking a complete file into place lets several processes start at once and agree on one key.
    """
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret_key"
    if not path.exists():
        draft = DATA_DIR / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            # Another process was faster; its key is the one that both use.
            return path.read_text()
        finally:
            draft.unlink()
    return path.read_text()


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "gatekeeper_site.core",
    "gatekeeper_site.dashboard",
    "records_app",
    "requests_app",
    "ha_app",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gatekeeper_site.core.api.middleware.problems_for_programs",
    "gatekeeper_site.core.api.middleware.canonical_paths",
    "gatekeeper_site.core.api.middleware.bounded_bodies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            ],
        },
    },
]

DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'gatekeeper.sqlite3'}"
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that writes takes the lock when it begins: one that found out later
        # could not wait for it, and would fail.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"
LOGIN_URL = "rest_framework:login"
LOGIN_REDIRECT_URL = "/requests"
LOGOUT_REDIRECT_URL = "/docs"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gatekeeper_site.core.access.authentication.TokenAuthentication",
        "gatekeeper_site.core.access.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gatekeeper_site.core.access.permissions.RolePermission"],
    "DEFAULT_PARSER_CLASSES": [
        "gatekeeper_site.core.api.bodies.BodyParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "gatekeeper_site.core.api.renderers.JSONRenderer",
        "gatekeeper_site.core.api.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": (
        "gatekeeper_site.core.api.negotiation.ContentNegotiation"
    ),
    "DEFAULT_PAGINATION_CLASS": "gatekeeper_site.core.api.pagination.Pagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "gatekeeper_site.core.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": "format",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Gatekeeper",
    "DESCRIPTION": (
        "Instantiates, updates and terminates network services on an NFV platform, and keeps "
        "their records."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gatekeeper_site.core.api.schema.add_common_answers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RequestStatus": "requests_app.models.Request.Status",
        "RecordStatus": "records_app.models.RecordStatus",
    },
}

# The task queue (django-q). Why each value is what it is: docs/operations.md.
Q_CLUSTER = {
    "name": "gatekeeper",
    "orm": "default",
    "workers": env.int("WORKER_PROCESSES", 2),
    "poll": 0.05,
    "bulk": 1,
    "queue_limit": 1,
    "timeout": 25,
    "retry": 60,
    "max_attempts": 3,
    "save_limit": -1,
    "recycle": 100_000,
    "catch_up": False,
    "scheduler": False,
    "log_level": "WARNING",
}
# What the worker looks for in each of its ticks, beside the queue: rows whose time has come.
SWEEPS = [
    "requests_app.services.sweep_requests",
    "requests_app.services.sweep_simulated_orders",
]

MANO_DRIVER = env.str("MANO_DRIVER", "simulator")
MANO_AMQP_URL = env.str("MANO_AMQP_URL", "")
MANO_ACCEPT_SECONDS = env.float("MANO_ACCEPT_SECONDS", 60, validate=Range(min=0, max=10**8))
MANO_FINISH_SECONDS = env.float("MANO_FINISH_SECONDS", 900, validate=Range(min=0, max=10**8))
SIMULATOR_STEP_SECONDS = env.float("SIMULATOR_STEP_SECONDS", 1, validate=Range(min=0, max=10**6))

CALLBACK_ALLOWED_NETWORKS: list[str] = env.list("CALLBACK_ALLOWED_NETWORKS", [])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # A 4xx is the caller's to read, not the operator's; problems.py logs what is ours.
        "django.request": {"level": "CRITICAL"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django-q": {"level": "WARNING"},
    },
}

UNFOLD = {
    "SITE_TITLE": "Gatekeeper",
    "SITE_HEADER": "Gatekeeper",
    "SITE_SYMBOL": "hub",
    "SHOW_VIEW_ON_SITE": False,
}
