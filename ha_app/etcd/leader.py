"""Which of several `sync_etcd` leads: the one whose lease holds the key `/gatekeeper/leader`.

The key goes with its lease, a few seconds after the leader's last sign of life. Whatever the
leader writes is on condition that the key is still the one that it made, so that a leader that
was stopped for a while, and does not know of its successor, writes nothing.
"""

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


def campaign(client: EtcdClient, name: str) -> Term | None:
    """Begin to lead if nobody does.

    Args:
        client: of etcd.
        name: who asks.

    Returns:
        The term, or None while another leads.

    Raises:
        EtcdUnavailable: nothing is known; if the term has begun all the same, it ends with its
            lease.
    """
    if client.get(LEADER) is not None:
        return None
    lease = client.grant_lease(LEASE_SECONDS)
    put = Put(LEADER, name.encode(), lease)
    revision = client.commit([put], only_if=IfCreatedAt(LEADER, 0))
    if revision is None:
        # An attempt whose answer was lost, and the next then found its key.
        found = client.get(LEADER)
        if found is None or found.lease != lease:
            client.revoke_lease(lease)
            return None
        revision = found.create_revision
    return Term(name, lease, revision)
