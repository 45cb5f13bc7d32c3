"""`make bench`: every benchmark, or those named: `python -m benchmarks speed`."""

import argparse
import importlib
import subprocess
import sys

from benchmarks import speed

ALL = ("speed", "etcd_mirror", "mano_broker", "mano_backlog", "osm_rounds")

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("names", nargs="*", help=f"of: {', '.join(ALL)}; all of them if none is named")
parser.add_argument(
    "--quick",
    action="store_true",
    help="speed alone, in two minutes: its figures are rough, and RESULTS.md stays as it is",
)
arguments = parser.parse_args()
if unknown := set(arguments.names) - set(ALL):
    parser.error(
        f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(ALL)}."
    )
if arguments.quick:
    speed.run(speed.QUICK)
elif len(arguments.names) == 1:
    importlib.import_module(f"benchmarks.{arguments.names[0]}").run()
else:
    # Each in a process of its own, as it changes the environment for the servers that it starts.
    for name in arguments.names or ALL:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
