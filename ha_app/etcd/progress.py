"""What `sync_etcd` writes down of itself, for its successor and for whoever looks at it."""

from typing import Any

from ha_app.models import EtcdMirror


def progress() -> EtcdMirror:
    """Return the mirror's one row."""
    return EtcdMirror.objects.get_or_create(pk=1)[0]


def note_progress(**columns: Any) -> None:
    """Write columns of the mirror's row; the leader's threads write different ones."""
    if not EtcdMirror.objects.filter(pk=1).update(**columns):
        EtcdMirror.objects.update_or_create(pk=1, defaults=columns)
