"""What is generated in clients/ is what `make clients` makes of docs/openapi.yaml."""

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from gatekeeper_client import VERSION as CLIENT_VERSION
from gatekeeper_site.version import VERSION
from tests.clients.node import needs_node
from tests.processes import PROJECT

MAKE_AGAIN = "Not what the schema says: run `make clients`, and commit what it makes."


def files_below(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def make(language: str, into: Path) -> None:
    made = subprocess.run(
        [sys.executable, "clients/make.py", "--only", language, "--into", into],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_python_client_is_what_the_schema_says(tmp_path: Path) -> None:
    make("python", tmp_path)

    made = files_below(tmp_path)
    assert len(made) > 150
    package = Path("python/gatekeeper_client")
    kept = {
        f"{part}/{name}": text
        for part in (package / "api", package / "models")
        for name, text in files_below(PROJECT / "clients" / part).items()
    }
    for path in (
        *("cli/gatekeeper_cli/__init__.py", "python/gatekeeper_client/version.py"),
        "python/pyproject.toml",
        *("typescript/package.json", "typescript/package-lock.json"),
    ):
        kept[path] = (PROJECT / "clients" / path).read_text()
    assert sorted(kept) == sorted(made), MAKE_AGAIN
    assert [path for path in made if kept[path] != made[path]] == [], MAKE_AGAIN


@needs_node
def test_the_typescript_client_is_what_the_schema_says(tmp_path: Path) -> None:
    make("typescript", tmp_path)

    made = (tmp_path / "typescript" / "src" / "schema.ts").read_text()
    assert "create_request" in made
    kept = (PROJECT / "clients" / "typescript" / "src" / "schema.ts").read_text()
    assert kept == made, MAKE_AGAIN


def test_the_clients_are_of_the_products_version() -> None:
    project = tomllib.loads((PROJECT / "clients/python/pyproject.toml").read_text())["project"]

    assert (CLIENT_VERSION, project["version"]) == (VERSION, VERSION)
    for name in ("package.json", "package-lock.json"):
        package = json.loads((PROJECT / "clients" / "typescript" / name).read_text())
        assert package["version"] == VERSION, name


def test_the_python_client_and_the_command_line_can_be_installed(tmp_path: Path) -> None:
    for name in ("python", "cli"):
        shutil.copytree(PROJECT / "clients" / name, tmp_path / name)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    installed = tmp_path / "installed"

    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            *options,
            "--target",
            installed,
            tmp_path / "python",
            tmp_path / "cli",
        ],
        check=True,
    )
    command = subprocess.run(
        [installed / "bin" / "gatekeeper", "--version"],
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert command.stdout == f"gatekeeper {VERSION}\n"
    assert {information.name for information in installed.glob("*.dist-info")} == {
        f"gatekeeper_client-{VERSION}.dist-info",
        f"gatekeeper_cli-{VERSION}.dist-info",
    }
    names = set(files_below(installed / "gatekeeper_client"))
    assert names >= {
        "__init__.py",
        "py.typed",
        "api/requests/create_request.py",
        "models/request.py",
    }
    assert not {"make.py", "endpoint_module.py.jinja"} & names
