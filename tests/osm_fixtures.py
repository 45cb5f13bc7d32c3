"""A peer that plays OSM over TLS, and the settings that lead to it. Loaded by conftest.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from requests_app.mano import readiness
from requests_app.mano.osm.nbi import session
from requests_app.mano.osm.nbi.tokens import tokens
from tests.certificates import new_authority, new_certificate
from tests.osm_peer import Osm, OsmPeer


@pytest.fixture(scope="session")
def osm_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the authority that has signed the peer's, which lies beside it."""
    authority = new_authority(tmp_path_factory.mktemp("osm") / "ca")
    new_certificate(authority, "IP:127.0.0.1", name="nbi")
    return authority


@pytest.fixture
def osm_peer(
    osm_authority: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OsmPeer]:
    """An NBI over TLS, to which the settings lead; a busy machine may keep it from answering."""
    monkeypatch.setattr(session, "CONNECT_SECONDS", 20)
    monkeypatch.setattr(readiness, "OSM_SECONDS", 20)
    tokens.clear()
    osm = Osm()
    with OsmPeer(osm, osm_authority.parent / "nbi-and-key.pem") as peer:
        settings.MANO_DRIVER = "osm"
        settings.OSM_URL = peer.url
        settings.OSM_USERNAME, settings.OSM_PASSWORD = osm.username, osm.password
        settings.OSM_PROJECT, settings.OSM_VIM_ACCOUNT = osm.project, osm.vim_name
        settings.OSM_CA_CERT = str(osm_authority)
        settings.OSM_POLL_SECONDS = 5
        settings.OSM_TIMEOUT_SECONDS = 20
        yield peer


@pytest.fixture
def osm(osm_peer: OsmPeer) -> Osm:
    """The state of the peer."""
    return osm_peer.osm
