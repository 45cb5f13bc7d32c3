"""Looks up the pinned requirements' known vulnerabilities, for `make lint`.

One that is found is a failure. Where the database of them cannot be reached, as on a machine
without the Internet, a sentence says that nothing was looked up, and that is no failure.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 10
ARGUMENTS = (
    *("--requirement", str(PROJECT / "requirements.txt")),
    *("--requirement", str(PROJECT / "clients" / "cli" / "requirements.txt")),
    *("--requirement", str(PROJECT / "requirements-test.txt")),
    # What is pinned is known; nothing has to be downloaded to find it out.
    *("--no-deps", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", str(TIMEOUT_SECONDS)),
)
# What pip-audit's messages and tracebacks have in them when its service did not answer.
UNREACHABLE = ("requests.exceptions.", "Could not connect", "ServiceError")


def run() -> int:
    """Look up, say what was found, and return the exit status."""
    command = [sys.executable, "-m", "pip_audit", *ARGUMENTS]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.stdout.strip():
        return report(json.loads(result.stdout)["dependencies"])
    last_line = result.stderr.strip().rpartition("\n")[2]
    if any(word in result.stderr for word in UNREACHABLE):
        say(f"Known vulnerabilities were NOT looked up, as pypi.org was not reached: {last_line}")
        return 0
    say(f"Known vulnerabilities could not be looked up:\n{result.stderr}")
    return 1


def report(dependencies: list[dict[str, Any]]) -> int:
    """Say what was found, and return the exit status."""
    found = [
        f"{dependency['name']} {dependency['version']}: {vulnerability['id']}, fixed in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version'}"
        for dependency in dependencies
        for vulnerability in dependency.get("vulns", [])
    ]
    unknown = [dependency["name"] for dependency in dependencies if "skip_reason" in dependency]
    known = len(dependencies) - len(unknown)
    if known == 0:
        say("Known vulnerabilities were NOT looked up: pypi.org knows none of the requirements.")
    else:
        say(f"{known} pinned requirements were looked up: {len(found)} known vulnerabilities.")
    if known and unknown:
        say(f"Not known to pypi.org, and so NOT looked up: {', '.join(unknown)}.")
    for line in found:
        say(line)
    return 1 if found else 0


def say(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(run())
