"""How long the tests of callbacks wait for receivers, which are threads beside them."""

import pytest

from gatekeeper_site.webhooks import sending, targets
from tests.processes import WAIT_SECONDS


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for receivers that a busy machine keeps from answering."""
    monkeypatch.setattr(sending, "CONNECT_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(sending, "TOTAL_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(targets, "RESOLVE_SECONDS", WAIT_SECONDS)
