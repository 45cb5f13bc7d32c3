"""The TypeScript client compiles strictly, and drives a running server as its README says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.node import NODE, TYPESCRIPT, needs_node, node_packages
from tests.clients.scripted_server import a_restart, scripted
from tests.processes import Gatekeeper

FOLLOWING = """
import { connect, follow } from "gatekeeper-client";
for await (const request of follow(connect(process.env.GATEKEEPER_URL), "some")) {
  console.log(request.status);
}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client's package, compiled, with its README's examples as a program."""
    tmp_path = tmp_path_factory.mktemp("typescript")
    (tmp_path / "node_modules").symlink_to(node_packages())
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(TYPESCRIPT / name, tmp_path)
    shutil.copytree(TYPESCRIPT / "src", tmp_path / "src")
    readme = (TYPESCRIPT / "README.md").read_text()
    examples = re.findall(r"```ts\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "src" / "examples.ts").write_text("\n".join(examples))
    run(NODE, tmp_path / "node_modules" / "typescript" / "bin" / "tsc", where=tmp_path)
    (tmp_path / "following.mjs").write_text(FOLLOWING)
    return tmp_path


def run(*command: str | Path, where: Path, **environment: str) -> str:
    ended = subprocess.run(
        command,
        cwd=where,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@needs_node
def test_the_examples_of_the_typescript_client_run(server: Gatekeeper, package: Path) -> None:
    printed = run(
        *(NODE, "dist/examples.js"),
        where=package,
        GATEKEEPER_URL=server.url,
        GATEKEEPER_TOKEN=server.admin_token,
    ).splitlines()

    assert '"strict": true' in (package / "tsconfig.json").read_text()
    statuses = [line for line in printed if " of " not in line]
    first = statuses.index("READY")
    assert set(statuses[:first]) <= {"NEW", "INSTANTIATING"}
    assert set(statuses[first + 1 : -1]) <= {"NEW", "TERMINATING"}
    assert statuses[-1] == "READY"
    rows = [line.split(" of ") for line in printed if " of " in line]
    assert len({identifier for identifier, _ in rows}) == len(rows) >= 2


@needs_node
def test_who_follows_waits_for_a_server_that_restarts(package: Path) -> None:
    before = {"status": "NEW", "state": "NEW"}
    after = {"status": "READY", "state": "SUCCEEDED"}

    with scripted(*a_restart(before, after)) as url:
        printed = run(NODE, "following.mjs", where=package, GATEKEEPER_URL=url)

    assert printed.split() == ["NEW", "READY"]
