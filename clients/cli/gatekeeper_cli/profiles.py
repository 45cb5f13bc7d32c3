"""Whom to call and with which token: the environment, and a file with named profiles.

The file is `gatekeeper/config` below XDG_CONFIG_HOME (`~/.config`), in the form of an ini file, a
section for each profile. It has tokens, so only its owner may read it.
"""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from configparser import ConfigParser, Error
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gatekeeper_cli.faults import WrongUse

DEFAULT_PROFILE = "default"
DEFAULT_URL = "http://127.0.0.1:8000"
PROFILE_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)
TOKEN = re.compile(r"[!-~]{1,4096}")


@dataclass(frozen=True)
class Profile:
    """Whom to call, and as whom."""

    name: str
    url: str
    token: str | None
    # Whether `login` has made the token, so that `logout` ends it.
    is_session: bool = False
    # Where the token is from, for people.
    source: str = ""


def config_path() -> Path:
    """Return where the profiles are kept."""
    base = os.environ.get("XDG_CONFIG_HOME") or ""
    home = Path(base) if base.startswith("/") else Path.home() / ".config"
    return home / "gatekeeper" / "config"


def chosen(name: str | None = None, url: str | None = None) -> Profile:
    """Return the profile to use: what is given goes before the environment, that before the file.

    A profile's token goes to the profile's own URL, and to no other. Who names a profile means its
    URL and its token, and not the environment's.

    Raises:
        WrongUse: Something of it cannot be used.
    """
    named = name is not None
    given_name = name or os.environ.get("GATEKEEPER_PROFILE") or ""
    name = checked_name(given_name or DEFAULT_PROFILE)
    kept = read().get(name)
    given_url = url or from_environment("GATEKEEPER_URL", named)
    if given_name and kept is None and not given_url:
        raise WrongUse(f"There is no profile {name!r} in {config_path()}. Log in with --url first.")
    url = checked_url(given_url or (kept.url if kept else DEFAULT_URL))
    token = from_environment("GATEKEEPER_TOKEN", named).strip()
    if token:
        return Profile(name, url, checked_token(token), source="GATEKEEPER_TOKEN")
    if kept and kept.url == url:
        return kept
    return Profile(name, url, None)


def from_environment(variable: str, is_profile_named: bool) -> str:
    """Return what the environment says, "" where an option has named a profile."""
    return "" if is_profile_named else os.environ.get(variable, "")


def for_login(name: str | None, url: str | None) -> Profile:
    """Return the profile, without a token, that somebody logs in for: it may be a new one."""
    named = name is not None
    name = checked_name(name or os.environ.get("GATEKEEPER_PROFILE") or DEFAULT_PROFILE)
    known = kept(name)
    url = url or from_environment("GATEKEEPER_URL", named) or (known and known.url) or DEFAULT_URL
    return Profile(name, checked_url(url), None)


def kept(name: str | None) -> Profile | None:
    """Return a profile as the file has it."""
    return read().get(name or os.environ.get("GATEKEEPER_PROFILE") or DEFAULT_PROFILE)


def checked_name(name: str) -> str:
    """Return a profile's name if it can be one."""
    if not PROFILE_NAME.fullmatch(name):
        raise WrongUse(f"{name!r} cannot name a profile; letters, digits, '.', '_' and '-' can.")
    return name


def checked_url(url: str) -> str:
    """Return a server's URL without a slash at its end, if it can be one."""
    with suppress(ValueError):
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if good and not (parts.username or parts.query or parts.fragment) and url.isprintable():
            return url.rstrip("/")
    raise WrongUse(f"{url!r} is no URL of a server, such as {DEFAULT_URL}.")


def checked_token(token: str) -> str:
    """Return a token if it can be one; it is not shown if not."""
    if not TOKEN.fullmatch(token):
        raise WrongUse("The token cannot be one: it has blanks, or other than ASCII characters.")
    return token


def read() -> dict[str, Profile]:
    """Return the profiles of the file by their names.

    Raises:
        WrongUse: Others may read the file, or it cannot be understood.
    """
    path = config_path()
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & 0o077:
                raise WrongUse(f"Others may read the tokens in {path}. Say: chmod 600 {path}")
            parser = new_parser()
            parser.read_file(file)
    except FileNotFoundError:
        return {}
    except (Error, UnicodeDecodeError) as fault:
        raise WrongUse(f"{path} cannot be understood: {fault}") from fault
    return {
        checked_name(name): Profile(
            name,
            checked_url(parser[name].get("url", DEFAULT_URL)),
            checked_token(token) if (token := parser[name].get("token")) else None,
            is_session=parser[name].get("session") == "yes",
            source=f"profile {name!r} in {path}",
        )
        for name in parser.sections()
    }


def store(profile: Profile) -> None:
    """Keep a profile in the file, in place of one of the same name; without a token, its URL."""
    with exclusive():
        write(read() | {profile.name: profile})


def write(profiles: dict[str, Profile]) -> None:
    """Write the file anew, whole or not at all."""
    parser = new_parser()
    for name, profile in profiles.items():
        parser[name] = {"url": profile.url}
        if profile.token:
            parser[name]["token"] = profile.token
        if profile.token and profile.is_session:
            parser[name]["session"] = "yes"
    path = config_path().resolve()  # which may be a link to where somebody keeps such files
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            parser.write(file)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink()
        raise


@contextmanager
def exclusive() -> Iterator[None]:
    """Keep other commands from writing the file, in a directory that is its owner's alone."""
    directory = config_path().parent
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fchmod(descriptor, 0o700)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def new_parser() -> ConfigParser:
    """Return a parser that gives no character a meaning of its own, and no section to all."""
    return ConfigParser(interpolation=None, default_section="")
