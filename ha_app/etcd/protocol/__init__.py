"""etcd's messages and calls, generated from etcd.proto (how: its head)."""
