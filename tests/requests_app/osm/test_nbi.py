"""How OSM's interface is called: settings, TLS, logins, and who is told that it is away."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from requests_app.checks import check_osm
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear
from requests_app.mano.osm.nbi.replies import Reply
from requests_app.mano.readiness import mano_check
from tests.certificates import new_authority
from tests.fixtures import Api, forget_peers
from tests.osm_peer import Call, Osm, OsmPeer


@pytest.fixture
def session(osm: Osm) -> Session:
    return Session(20)


def test_settings_that_lead_to_an_nbi_are_taken(osm_peer: OsmPeer, settings: Any) -> None:
    assert check_osm() == []
    settings.OSM_URL, settings.OSM_CA_CERT = "http://127.0.0.1:9999/osm", ""
    assert check_osm() == []
    settings.MANO_DRIVER, settings.OSM_URL = "simulator", ""
    assert check_osm() == []


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("OSM_URL", "", "E005", "OSM_URL"),
        ("OSM_USERNAME", " ", "E005", "OSM_USERNAME"),
        ("OSM_PASSWORD", "", "E005", "OSM_PASSWORD"),
        ("OSM_PROJECT", "", "E005", "OSM_PROJECT"),
        ("OSM_VIM_ACCOUNT", "", "E005", "OSM_VIM_ACCOUNT"),
        ("OSM_URL", "osm.example:9999", "E006", "no URL"),
        ("OSM_URL", "ftp://osm.example", "E006", "no URL"),
        ("OSM_URL", "https://osm.example:99999/osm", "E006", "ort"),
        ("OSM_URL", "https://me:secret-word@osm.example/osm", "E006", "more than"),
        ("OSM_URL", "https://osm.example/osm?a=b", "E006", "more than"),
        ("OSM_URL", "http://osm.example:9999/osm", "E006", "this machine alone"),
        ("OSM_URL", "http://127.0.0.1:9999/osm", "E007", "without encryption"),
        ("OSM_CA_CERT", "/nowhere.pem", "E008", "no file"),
    ],
)
def test_settings_that_do_not_are_refused(
    osm_peer: OsmPeer, settings: Any, name: str, value: str, error: str, words: str
) -> None:
    setattr(settings, name, value)

    (message,) = check_osm()

    assert message.id == f"requests_app.{error}"
    assert words in message.msg and "secret-word" not in message.msg


def test_the_certificate_is_checked(
    osm: Osm, session: Session, settings: Any, tmp_path: Path
) -> None:
    settings.OSM_CA_CERT = str(new_authority(tmp_path / "another"))

    with pytest.raises(NotDone, match="certificate verify failed"):
        session.get("admin", "v1", "vim_accounts")

    assert osm.calls == []


def test_a_certificate_for_another_name_is_none(osm: Osm, session: Session, settings: Any) -> None:
    settings.OSM_URL = settings.OSM_URL.replace("127.0.0.1", "localhost")

    with pytest.raises(NotDone, match="ertificate"):
        session.get("admin", "v1", "vim_accounts")


def test_calls_share_a_connection_and_a_token(osm: Osm, session: Session) -> None:
    for _ in range(3):
        session.get("admin", "v1", "vim_accounts")
    connection = session.connection
    Session(20).get("admin", "v1", "vim_accounts")

    assert session.connection is connection
    assert [call.path for call in osm.calls].count("admin/v1/tokens") == 1


def test_a_redirect_is_followed_by_nobody(
    osm: Osm, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm, "answer", lambda call, token: (302, {"id": "x", "detail": "x"}))

    with pytest.raises(NotDone, match="302"):
        session.get("admin", "v1", "vim_accounts")

    assert len(osm.calls) == 1


def test_parts_of_a_path_are_escaped(osm: Osm, session: Session) -> None:
    for part in ("../../admin/v1/users", "a?b=c", "a b#c", "%2e%2e", "é/…"):
        with pytest.raises(Refused):
            session.object("nslcm", "v1", "ns_instances", part)
        assert osm.calls[-1] == Call("GET", f"nslcm/v1/ns_instances/{part}", {}, None)


@pytest.mark.parametrize("token", ["x\r\nX-Injected: yes", "", "é", 5, None, "x" * 5000])
def test_a_token_that_is_none_is_no_header(
    osm: Osm, session: Session, monkeypatch: pytest.MonkeyPatch, token: Any
) -> None:
    monkeypatch.setattr(osm, "log_in", lambda call: (200, {"id": token}))

    with pytest.raises(NotDone, match="has no id"):
        session.get("admin", "v1", "vim_accounts")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 70 + "1" + "}" * 70, "NaN-", "\0"])
def test_what_is_no_json_of_bounded_depth_is_unclear(
    osm: Osm, session: Session, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    session.get("admin", "v1", "vim_accounts")
    reply = Reply(200, text.encode())
    monkeypatch.setattr(Session, "exchange", lambda *arguments: reply)

    with pytest.raises(Unclear, match="no JSON"):
        session.get("admin", "v1", "vim_accounts")


def test_no_call_outlasts_its_session(osm: Osm) -> None:
    osm.fault = lambda call: "slow bytes"
    began = time.monotonic()

    with pytest.raises(NotDone):
        Session(0.5).get("admin", "v1", "vim_accounts")

    # Of the 50 s that the answer takes
    assert time.monotonic() - began < 25


def test_a_second_login_waits_and_is_not_given_up(osm: Osm, session: Session) -> None:
    osm.login_pause = 0.2
    session.get("admin", "v1", "vim_accounts")
    osm.tokens.clear()

    session.get("admin", "v1", "vim_accounts")

    assert [call.path for call in osm.calls].count("admin/v1/tokens") == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "ok"),
        ({"password": "another"}, "refuses the login (OSM_USERNAME, OSM_PASSWORD)"),
        ({"project": "another"}, "does not know the project (OSM_PROJECT)"),
        ({"vim_name": "another"}, "does not know the VIM account (OSM_VIM_ACCOUNT)"),
        ({"fault": lambda call: "HTML"}, "does not answer"),
    ],
    ids=["well", "login", "project", "VIM", "HTML"],
)
def test_readyz_says_what_osm_does_not_know(
    osm: Osm, anonymous: Api, change: dict[str, Any], told: str
) -> None:
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now + timedelta(hours=1))
    for name, value in change.items():
        setattr(osm, name, value)
    forget_peers()

    response = anonymous.get("/readyz")

    assert response.json()["checks"]["mano"] == told
    assert response.status_code == (200 if told == "ok" else 503)


def test_readyz_says_that_osm_is_away(osm_peer: OsmPeer) -> None:
    osm_peer.stop()

    assert mano_check() == "does not answer"
