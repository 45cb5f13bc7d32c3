"""Which of several `sync_etcd` leads: the one whose lease holds the key `/gatekeeper/leader`.

The key goes with its lease, a few seconds after the leader's last sign of life. Whatever the
leader writes is on condition that the key is still the one that it made, so that a leader that
was stopped for a while, and does not know of its successor, writes nothing.
"""

import logging
import os
import secrets
import socket
from dataclasses import dataclass

from ha_app.etcd.client import Delete, EtcdClient, IfCreatedAt, KeyValue, Put
from ha_app.etcd.keys import LEADER

# Another takes over within 15 s of a leader's death (contract): this, and a look each second.
LEASE_SECONDS = 8

logger = logging.getLogger(__name__)


class LeadershipLostError(Exception):
    """Another leads, or none: what was to be written was not."""


@dataclass(frozen=True)
class Term:
    """The time during which a process leads."""

    name: str
    lease: int
    revision: int

    @property
    def fence(self) -> IfCreatedAt:
        """The condition of all that the leader writes."""
        return IfCreatedAt(LEADER, self.revision)


def new_name() -> str:
    """Return a name that no other process ever has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def campaign(client: EtcdClient, name: str) -> Term | None:
    """Begin to lead if nobody does.

    Args:
        client: of etcd.
        name: who asks, made by `new_name`.

    Returns:
        The term, or None while another leads.

    Raises:
        EtcdUnavailable: nothing is known; if the term has begun all the same, the next call ends
            it.
    """
    found = client.get(LEADER)
    if found is not None and not may_remove(client, found, name):
        return None
    lease = client.grant_lease(LEASE_SECONDS)
    put = Put(LEADER, name.encode(), lease)
    revision = client.commit([put], only_if=IfCreatedAt(LEADER, 0))
    if revision is None:
        client.revoke_lease(lease)
        return None
    return Term(name, lease, revision)


def may_remove(client: EtcdClient, found: KeyValue, name: str) -> bool:
    """Remove a leader's key that stands for nobody; return whether it was such a one.

    It is this process's own where etcd was away: its lease outlives that. The term is not gone on
    with: a write of it whose outcome is unknown could still be done, after newer ones.
    """
    if found.value == name.encode():
        client.revoke_lease(found.lease)
        return True
    if found.lease == 0:
        logger.warning("%s was written by hand, without a lease: it is removed", LEADER)
        client.commit([Delete(LEADER)], only_if=IfCreatedAt(LEADER, found.create_revision))
        return True
    return False


def leads(client: EtcdClient, term: Term) -> bool:
    """Renew a term's lease; return whether it still holds the leader's key."""
    if not client.keep_lease_alive(term.lease):
        return False
    found = client.get(LEADER)
    return found is not None and found.create_revision == term.revision
