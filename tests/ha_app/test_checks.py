"""The settings of HA objects that are refused at each start."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

HTTP = ["http://127.0.0.1:2379"]
HTTPS = ["https://etcd-1.example:2379", "https://etcd-2.example:2379"]


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    file = tmp_path / "a.pem"
    file.write_text("a certificate")
    return str(file)


def faults(settings: Any, **values: Any) -> list[str]:
    """Return the ids of what is wrong with these settings."""
    for name, value in values.items():
        setattr(settings, name, value)
    return sorted(message.id for message in run_checks() if message.id.startswith("ha_app."))


def test_without_etcd_nothing_is_wrong(settings: Any) -> None:
    assert faults(settings) == []


@pytest.mark.parametrize(
    "endpoints",
    [
        HTTP,
        HTTPS,
        ["etcd:2379", "http://etcd-2:2379"],
    ],
)
def test_endpoints_of_one_kind_are_right(settings: Any, endpoints: list[str]) -> None:
    assert faults(settings, ETCD_ENDPOINTS=endpoints) == []


def test_reserved_vlans_that_are_none_are_refused(settings: Any) -> None:
    assert faults(settings, HA_RESERVED_VLANS="0,5000") == ["ha_app.E001"]


def test_a_malformed_endpoint_is_named(settings: Any) -> None:
    assert faults(settings, ETCD_ENDPOINTS=[*HTTP, "etcd"]) == ["ha_app.E002"]
    [message] = [each for each in run_checks() if each.id == "ha_app.E002"]
    assert message.msg == ("ETCD_ENDPOINTS: 'etcd' lacks a host or a port: write http://host:2379.")


def test_endpoints_of_two_kinds_are_refused(settings: Any) -> None:
    assert faults(settings, ETCD_ENDPOINTS=HTTP + HTTPS) == ["ha_app.E003"]


@pytest.mark.parametrize("name", ["ETCD_CA_CERT", "ETCD_CERT", "ETCD_KEY"])
def test_certificates_without_encryption_are_refused(
    settings: Any, certificate: str, name: str
) -> None:
    found = faults(settings, ETCD_ENDPOINTS=HTTP, **{name: certificate})

    assert "ha_app.E004" in found


@pytest.mark.parametrize("name", ["ETCD_CA_CERT", "ETCD_CERT", "ETCD_KEY"])
@pytest.mark.parametrize("what", ["nothing", "a directory"])
def test_certificates_that_are_no_file_are_refused(
    settings: Any, tmp_path: Path, certificate: str, name: str, what: str
) -> None:
    files = dict.fromkeys(["ETCD_CA_CERT", "ETCD_CERT", "ETCD_KEY"], certificate)
    files[name] = str(tmp_path if what == "a directory" else tmp_path / "none.pem")

    assert faults(settings, ETCD_ENDPOINTS=HTTPS, **files) == ["ha_app.E005"]


def test_a_certificate_without_its_key_is_refused_and_so_is_a_key_alone(
    settings: Any, certificate: str
) -> None:
    assert faults(settings, ETCD_ENDPOINTS=HTTPS, ETCD_CERT=certificate) == ["ha_app.E006"]
    assert faults(settings, ETCD_CERT="", ETCD_KEY=certificate) == ["ha_app.E006"]
    assert faults(settings, ETCD_CERT=certificate) == []


def test_a_user_without_a_password_is_refused(settings: Any) -> None:
    assert faults(settings, ETCD_ENDPOINTS=HTTPS, ETCD_USERNAME="me") == ["ha_app.E007"]


@pytest.mark.parametrize(
    ("endpoints", "found"),
    [
        (["http://127.0.0.1:2379", "http://localhost:2379", "http://[::1]:2379"], []),
        (HTTPS, []),
        (["http://127.0.0.1:2379", "http://10.0.0.1:2379"], ["ha_app.E008"]),
        (["etcd.example:2379"], ["ha_app.E008"]),
    ],
)
def test_a_password_leaves_the_machine_only_encrypted(
    settings: Any, endpoints: list[str], found: list[str]
) -> None:
    settings.ETCD_USERNAME, settings.ETCD_PASSWORD = "gatekeeper", "its-secret"

    assert faults(settings, ETCD_ENDPOINTS=endpoints) == found
    assert all("its-secret" not in message.msg for message in run_checks())
