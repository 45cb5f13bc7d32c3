"""Whether etcd answers, for `/readyz`."""

import functools
import logging
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from ha_app.etcd.client import EtcdClient

logger = logging.getLogger(__name__)


@functools.cache
def client() -> "EtcdClient":
    """Return this process's client, made at its first use: gRPC does not survive a fork."""
    from ha_app.etcd.client import EtcdClient

    return EtcdClient()


def etcd_check() -> str | None:
    """Return "ok", what is wrong with etcd, or None if there is to be none.

    Why it does not answer is in the log: anybody may read `/readyz`, and the reason names hosts.
    """
    if not settings.ETCD_ENDPOINTS:
        return None
    # Without etcd, a web process is spared gRPC.
    from ha_app.etcd.client import EtcdUnavailable

    try:
        client().check()
    except EtcdUnavailable as error:
        logger.warning("etcd does not answer: %s", error)
        return "does not answer"
    return "ok"
