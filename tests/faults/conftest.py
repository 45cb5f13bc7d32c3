"""The etcd that a test may kill, and a client of it."""

from tests.ha_app.etcd.conftest import etcd_client, own_etcd, silent_addresses

__all__ = ["etcd_client", "own_etcd", "silent_addresses"]
