"""`make bench`: every benchmark, or those named: `python -m benchmarks speed`."""

import argparse
import importlib
import subprocess
import sys

from benchmarks import speed

ALONE = ("speed", "etcd_mirror", "mano_backlog")
# These tell whether all ends well, and by how many calls: what else goes on matters little.
TOGETHER = ("mano_broker", "osm_rounds")
ALL = (*ALONE, *TOGETHER)

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
    names = arguments.names or ALL
    for name in names:
        if name in ALONE:
            subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
    started = {
        name: subprocess.Popen([sys.executable, "-m", "benchmarks", name])
        for name in names
        if name in TOGETHER
    }
    if failed := [name for name, process in started.items() if process.wait()]:
        parser.exit(1, f"failed: {', '.join(failed)}\n")
