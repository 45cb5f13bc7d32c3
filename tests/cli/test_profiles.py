"""Logging in and out, profiles, and whose token goes where."""

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.fixtures import TENANT
from tests.nasty_servers import nasty_server
from tests.processes import Gatekeeper, free_port, manage

pytestmark = pytest.mark.processes
CONFIG = "xdg/gatekeeper/config"
NOTHING = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


@pytest.fixture(scope="module")
def ann(server: Gatekeeper) -> str:
    """A user with a password, an operator; returns the password."""
    script = (
        "from django.contrib.auth.models import User;"
        "from gatekeeper_site.access.models import UserAccess;"
        "user = User.objects.create_user('ann', password='correct-horse');"
        f"UserAccess.objects.create(user=user, role='operator', tenant_id='{TENANT}')"
    )
    manage(server.environment, "shell", "-c", script)
    return "correct-horse"


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have a command read this on its standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_login_keeps_a_token_for_its_owner_alone_and_logout_ends_it(
    run: Run, home: Path, server: Gatekeeper, ann: str, type_in: Callable[[str], None]
) -> None:
    type_in(f"{ann}\n")
    entered = run("login", "-u", "ann", "--password-stdin", "--url", server.url, "--profile", "lab")
    who = run("whoami", "--profile", "lab", "-o", "json")
    kept = (home / CONFIG).read_text()
    token = next(line for line in kept.splitlines() if line.startswith("token")).split(" = ")[1]
    left = run("logout", "--profile", "lab")
    after = run("whoami", "--profile", "lab")
    with_old = run("whoami", "--url", server.url)

    assert (entered.status, entered.out) == (0, "")
    assert entered.err == f"Logged in at {server.url} as ann, operator.\n"
    identity = json.loads(who.out)
    assert (identity["user"], identity["tenant"]) == ("ann", TENANT)
    assert stat.S_IMODE((home / CONFIG).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / CONFIG).parent.stat().st_mode) == 0o700
    assert (left.status, after.status, with_old.status) == (0, 4, 4)
    assert token not in (home / CONFIG).read_text()
    assert server.url in (home / CONFIG).read_text()


def test_a_wrong_password_is_not_allowed_and_keeps_nothing(
    run: Run, home: Path, server: Gatekeeper, ann: str, type_in: Callable[[str], None]
) -> None:
    type_in("wrong\n")

    result = run("login", "-u", "ann", "--password-stdin", "--url", server.url)

    assert result.status == 4
    assert result.err.count("\n") == 1 and "does not let 'ann' in" in result.err
    assert not (home / CONFIG).exists()


def test_a_token_that_somebody_has_is_kept_and_only_forgotten(
    run: Run, server: Gatekeeper, type_in: Callable[[str], None]
) -> None:
    type_in(f"{server.admin_token}\n")

    assert run("login", "--token-stdin", "--url", server.url).status == 0
    assert run("token", "list", "--limit", 1).status == 0
    assert run("logout").status == 0
    assert run("token", "list").status == 4
    type_in(f"{server.admin_token}\n")
    assert run("login", "--token-stdin", "--url", server.url).status == 0


def test_a_profiles_token_goes_to_its_own_server_alone(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nasty_server(NOTHING) as own, nasty_server(NOTHING) as other:
        write(home, f"[default]\nurl = {own.url}\ntoken = the-secret\n")
        assert run("request", "list").status == 0
        assert run("request", "list", "--url", other.url).status == 0
        monkeypatch.setenv("GATEKEEPER_URL", other.url)
        assert run("request", "list").status == 0
        monkeypatch.setenv("GATEKEEPER_TOKEN", "given")
        assert run("request", "list").status == 0
        assert run("request", "list", "--profile", "default").status == 0

    assert [b"the-secret" in request for request in own.requests] == [True, True]
    assert [b"Bearer" in request for request in other.requests] == [False, False, True]
    assert b"the-secret" not in b"".join(other.requests)


def write(home: Path, text: str, mode: int = 0o600) -> Path:
    path = home / CONFIG
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no section\n", "cannot be understood"),
        ("[a]\nurl = ftp://x\n", "is no URL of a server"),
        ("[a]\ntoken = with blank\n", "The token cannot be one"),
        ("[../a]\nurl = http://x\n", "cannot name a profile"),
        ("[a]\nurl = http://x\n[a]\nurl = http://y\n", "cannot be understood"),
    ],
)
def test_a_file_that_cannot_be_used_is_wrong_use(
    run: Run, home: Path, text: str, words: str
) -> None:
    write(home, text)

    result = run("request", "list")

    assert (result.status, result.err.count("\n")) == (2, 1)
    assert words in result.err and "with blank" not in result.err


def test_a_file_that_others_may_read_is_not_used(run: Run, home: Path) -> None:
    path = write(home, "[default]\ntoken = secret\n", mode=0o640)

    result = run("request", "list")

    assert result.status == 2
    assert (
        result.err == f"gatekeeper: Others may read the tokens in {path}. Say: chmod 600 {path}\n"
    )


def test_a_profile_that_is_not_there_is_wrong_use(run: Run) -> None:
    result = run("request", "list", "--profile", "nowhere")

    assert result.status == 2
    assert "There is no profile 'nowhere' in " in result.err


def test_logout_forgets_the_token_though_nobody_answers(run: Run, home: Path) -> None:
    path = write(
        home, f"[default]\nurl = http://127.0.0.1:{free_port()}\ntoken = t\nsession = yes\n"
    )

    result = run("logout")

    assert result.status == 3
    assert "works until it expires" in result.err
    assert "token" not in path.read_text()
    assert run("logout").status == 1


def test_one_profile_is_stored_without_losing_another(
    run: Run, home: Path, server: Gatekeeper, type_in: Callable[[str], None]
) -> None:
    write(home, "[lab]\nurl = http://lab.example\ntoken = 100%-safe\n")
    type_in(server.admin_token)

    assert run("login", "--token-stdin", "--url", server.url).status == 0

    kept = (home / CONFIG).read_text()
    assert "[lab]\nurl = http://lab.example\ntoken = 100%-safe\n" in kept
    assert f"[default]\nurl = {server.url}\ntoken = {server.admin_token}\n" in kept
