"""Keystone's door: how OpenStack's and gohan's clients log in (contract: ha.md, Keystone).

Users and tokens are ours, a project is a tenant whose name is its id, and domains are ignored.
"""
