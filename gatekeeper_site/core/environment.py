"""What the settings find in the environment and in the data directory: a key, a database's URL."""

import secrets
from contextlib import suppress
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def kept_secret_key(path: Path) -> str:
    """Return the key in a file of the data directory, made at the first start."""
    try:
        if not path.exists():
            make_secret_key(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and none can be kept in GATEKEEPER_DATA_DIR: {error}. Name a "
            "directory that can be written, or set SECRET_KEY, to the same on every machine."
        ) from error


def make_secret_key(path: Path) -> None:
    """Write a new key, unless another process has just done so.

    Linking a complete file into place lets several processes start at once and agree on one key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def check_database_url(url: str) -> None:
    """Check that it can be read, and is of a kind that is supported. It may hold a password."""
    try:
        engine = dj_database_url.parse(url)["ENGINE"]
    except ValueError:
        engine = ""
    if engine.rpartition(".")[2] not in {"postgresql", "sqlite3"}:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. It is postgres://user:password@host:5432/name, with "
            "special characters percent-encoded (a / as %2F), or sqlite:////directory/file."
        )
