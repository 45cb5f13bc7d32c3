"""`make bench`: every benchmark, or those named: `python -m benchmarks lists`."""

import importlib
import sys

ALL = ("lifecycle", "lists", "ha_allocation", "etcd_mirror", "mano_broker", "mano_backlog")

for name in sys.argv[1:] or ALL:
    importlib.import_module(f"benchmarks.{name}").run()
