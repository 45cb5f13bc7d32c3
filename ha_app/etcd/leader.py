"""Which of several `sync_etcd` leads: the one whose lease holds the key `/gatekeeper/leader`.

The key goes with its lease, a few seconds after the leader's last sign of life. Whatever the
leader writes is on condition that the key is still the one that it made, so that a leader that
was stopped for a while, and does not know of its successor, writes nothing.
"""

import os
import secrets
import socket
from dataclasses import dataclass

from ha_app.etcd.client import EtcdClient, IfCreatedAt, Put
from ha_app.etcd.keys import LEADER

# Another takes over within 15 s of a leader's death (contract): this, and a look each second.
LEASE_SECONDS = 8


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
    """Begin to lead if nobody does, or go on if it is this process that does.

    That is so when etcd was away: a lease outlives that, and would have to run out first.

    Args:
        client: of etcd.
        name: who asks, made by `new_name`.

    Returns:
        The term, or None while another leads.

    Raises:
        EtcdUnavailable: nothing is known; if the term has begun all the same, it ends with its
            lease.
    """
    found = client.get(LEADER)
    if found is not None:
        is_own = found.value == name.encode() and client.keep_lease_alive(found.lease)
        return Term(name, found.lease, found.create_revision) if is_own else None
    lease = client.grant_lease(LEASE_SECONDS)
    put = Put(LEADER, name.encode(), lease)
    revision = client.commit([put], only_if=IfCreatedAt(LEADER, 0))
    if revision is not None:
        return Term(name, lease, revision)
    # Another was faster. Or the first attempt's answer was lost, and the next then found its key:
    # that is seen the next time.
    client.revoke_lease(lease)
    return None
