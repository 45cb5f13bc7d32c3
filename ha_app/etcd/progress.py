"""What `sync_etcd` writes down of itself, for its successor and for whoever looks at it."""

from typing import Any

from ha_app.etcd.leader import LeadershipLostError
from ha_app.models import EtcdMirror


def progress() -> EtcdMirror:
    """Return the mirror's one row."""
    return EtcdMirror.objects.get_or_create(pk=1)[0]


def note_progress(**columns: Any) -> None:
    """Write columns of the mirror's row; the leader's threads write different ones."""
    if not EtcdMirror.objects.filter(pk=1).update(**columns):
        EtcdMirror.objects.update_or_create(pk=1, defaults=columns)


def note_as_leader(leader: str, **columns: Any) -> None:
    """Write columns of the mirror's row, if this process still leads.

    At the end of a change's transaction this keeps a leader that was stopped for a while from
    applying answers that its successor applied long ago, and newer ones after them: whoever
    announces itself waits for this row.

    Args:
        leader: the name under which this process leads.
        columns: what to write; without any, this is but the check.

    Raises:
        LeadershipLostError: another leads.
    """
    own = EtcdMirror.objects.filter(pk=1, leader=leader)
    if not own.update(leader=leader, **columns):
        raise LeadershipLostError(f"{leader} leads no longer")
