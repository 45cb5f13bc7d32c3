"""Makes the API's reference of docs/openapi.yaml: a page for each tag, and one of all objects.

They are written into docs/generated/api whenever the guide is built.
"""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx

Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
OBJECTS = "objects"
REFUSALS = "refusals"
# What every call and every answer may have is told once, on the first page.
EVERYWHERE = {"X-Request-ID", "traceparent"}
# How deep members of members are shown in a table of a body.
DEPTH = 4


def write_pages(app: Sphinx) -> None:
    """Write the pages anew."""
    source = Path(app.srcdir)
    document = yaml.load((source / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    directory = source / "generated" / "api"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for name, lines in pages(document):
        (directory / f"{name}.md").write_text("\n".join(lines) + "\n")


def pages(document: Schema) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the lines of each page; the first leads to the others."""
    by_tag: dict[str, list[tuple[str, str, Schema]]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                common = operations.get("parameters", [])
                operation["parameters"] = common + operation.get("parameters", [])
                by_tag[operation["tags"][0]].append((method.upper(), path, operation))
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    names = {tag: tag.replace(" ", "-").lower() for tag in sorted(by_tag)}
    yield "index", index_page(document, by_tag, names)
    for tag, name in names.items():
        lines = [f"# {tag}", "", prose(told.get(tag, "")), ""]
        for method, path, operation in by_tag[tag]:
            lines += operation_lines(document, method, path, operation)
        yield name, lines
    yield OBJECTS, objects_page(document)
    yield REFUSALS, refusals_page(document)


def index_page(
    document: Schema, by_tag: dict[str, list[tuple[str, str, Schema]]], names: dict[str, str]
) -> list[str]:
    """Return the lines of the page that lists all operations."""
    lines = [
        "# Every operation",
        "",
        prose(document["info"].get("description", "")),
        "",
        f"This is the reference of version {document['info']['version']}, made of the schema that",
        "the server has at `/schema`; at `/docs` each operation can be tried. What holds for all:",
        "[the API's conventions](../../api.md). Every call may have the headers `X-Request-ID` and",
        "`traceparent`, and every answer has them.",
        "",
    ]
    for tag, name in names.items():
        lines += [f"## {tag}", "", "| | |", "| --- | --- |"]
        for method, path, operation in by_tag[tag]:
            target = f"{name}.md#{anchor(operation)}"
            summary = cell(prose(operation.get("summary", "")))
            lines.append(f"| [`{method} {path}`]({target}) | {summary} |")
        lines.append("")
    entries = [*names.values(), OBJECTS, REFUSALS]
    return [*lines, "```{toctree}", ":hidden:", "", *entries, "```"]


def operation_lines(document: Schema, method: str, path: str, operation: Schema) -> list[str]:
    """Return what is told of an operation."""
    told = operation.get("description", "")
    lines = [
        f"({anchor(operation)})=",
        f"## `{method} {path}`",
        "",
        f"**{prose(operation.get('summary', ''))}.**",
        "" if told == operation.get("summary") else prose(told),
        "",
        f"Operation `{operation['operationId']}`; {callers(operation)}.",
        "",
    ]
    given = [resolved(document, each) for each in operation["parameters"]]
    given = [each for each in given if each["name"] not in EVERYWHERE]
    if given:
        lines += ["### Parameters", "", "| parameter | takes | |", "| --- | --- | --- |"]
        for each in given:
            kind = type_of(document, each.get("schema", {}))
            if each["in"] != "query":
                kind = f"in the {each['in']}: {kind}"
            if each.get("required"):
                kind += ", required"
            meaning = cell(prose(each.get("description", "")))
            lines.append(f"| `{each['name']}` | {cell(kind)} | {meaning} |")
        lines.append("")
    if "requestBody" in operation:
        lines += body_lines(document, resolved(document, operation["requestBody"]))
    lines += ["### Answers", ""]
    refusals = []
    for status, answer in sorted(operation["responses"].items()):
        if "$ref" in answer:
            name = answer["$ref"].rsplit("/", 1)[1]
            meaning = cell(prose(resolved(document, answer)["description"]))
            refusals.append(f"| [{status}]({REFUSALS}.md#{refusal_anchor(name)}) | {meaning} |")
        else:
            lines += answer_lines(document, status, answer)
    if refusals:
        lines += ["| refused | |", "| --- | --- |", *refusals]
    return [*lines, ""]


def callers(operation: Schema) -> str:
    """Say who may call: with a token, without one, or both."""
    schemes = [name for each in operation.get("security", []) for name in (each or {"": []})]
    if not any(schemes):
        return "open to all, without a token"
    return "with a token" if "" not in schemes else "with or without a token"


def body_lines(document: Schema, body: Schema) -> list[str]:
    """Return the members of a body, and examples."""
    lines = ["### Body", ""]
    if not body.get("required"):
        lines += ["It may be left out.", ""]
    for media_type, content in body["content"].items():
        schema = content.get("schema", {})
        lines += [f"`{media_type}`: {type_of(document, schema)}", ""]
        rows = list(members(document, schema))
        if rows:
            lines += ["| member | takes | |", "| --- | --- | --- |", *rows, ""]
        for name, example in examples(document, content):
            lines += folded(f"Example{name}", example)
    return lines


def answer_lines(document: Schema, status: str, answer: Schema) -> list[str]:
    """Return what an answer is, and examples of it."""
    told = prose(answer.get("description", "")) or "Done."
    lines = [f"**{status}** {told}" if status else told]
    contents = answer.get("content", {})
    kinds = [
        f"`{media_type}`: {type_of(document, content.get('schema', {}))}"
        for media_type, content in contents.items()
    ]
    if kinds:
        lines += ["<br>" + "; ".join(kinds)]
    headers = [
        f"`{name}`: {prose(resolved(document, header).get('description', '')).rstrip('.')}"
        for name, header in answer.get("headers", {}).items()
        if name not in EVERYWHERE
    ]
    if headers:
        lines += ["<br>Headers: " + "; ".join(headers)]
    lines.append("")
    for content in contents.values():
        for name, example in examples(document, content):
            lines += folded(f"Example{name}", example)
    return lines


def objects_page(document: Schema) -> list[str]:
    """Return the lines of the page of all objects."""
    lines = ["# Objects", "", "What bodies and answers are made of.", ""]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += [
            f"({object_anchor(name)})=",
            f"## {name}",
            "",
            prose(schema.get("description", "")),
        ]
        rows = list(members(document, schema, depth=1))
        if rows:
            lines += ["", "| member | takes | |", "| --- | --- | --- |", *rows, ""]
        else:
            lines += ["", type_of(document, {**schema, "title": ""}), ""]
        for _, example in examples(document, schema):
            lines += folded("Example", example)
    return lines


def refusals_page(document: Schema) -> list[str]:
    """Return the lines of the page of the answers that many operations have."""
    lines = ["# Refusals", "", "What many operations answer alike.", ""]
    for name, answer in sorted(document["components"].get("responses", {}).items()):
        lines += [f"({refusal_anchor(name)})=", f"## {name}", ""]
        lines += answer_lines(document, "", answer)
    return lines


def members(
    document: Schema, schema: Schema, *, prefix: str = "", depth: int = DEPTH
) -> Iterator[str]:
    """Yield a row of a table for each member, and for members of members."""
    schema = flat(document, schema)
    required = schema.get("required", [])
    for name, member in schema.get("properties", {}).items():
        kind = type_of(document, member)
        if name in required:
            kind += ", required"
        if "default" in member:
            kind += f", by default `{json.dumps(member['default'])}`"
        meaning = cell(prose(member.get("description", "")))
        yield f"| `{prefix}{name}` | {cell(kind)} | {meaning} |"
        if depth > 1:
            inner = flat(document, member)
            below = f"{prefix}{name}."
            if "items" in inner:
                inner, below = inner["items"], f"{prefix}{name}[]."
            yield from members(document, inner, prefix=below, depth=depth - 1)


def flat(document: Schema, schema: Schema) -> Schema:
    """Return a schema with what it refers to, and with all that it is made of."""
    schema = resolved(document, schema)
    parts = schema.get("allOf", [])
    joined: Schema = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        one = flat(document, part)
        properties = joined.get("properties", {}) | one.get("properties", {})
        needed = joined.get("required", []) + one.get("required", [])
        joined = {**one, **joined, "properties": properties, "required": needed}
    return joined


def resolved(document: Schema, part: Schema) -> Schema:
    """Return what a part refers to, or itself."""
    while "$ref" in part:
        found: Any = document
        for key in part["$ref"].removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        part = found
    return part


def type_of(document: Schema, schema: Schema) -> str:
    """Say in a few words which values a schema takes."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}]({OBJECTS}.md#{object_anchor(name)})"
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        return " or ".join(dict.fromkeys(type_of(document, each) for each in alternatives))
    if "allOf" in schema:
        words = ", ".join(type_of(document, each) for each in schema["allOf"])
    elif "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        words = ", ".join(f"`{json.dumps(value).strip(chr(34))}`" for value in values)
    else:
        kinds = schema.get("type", "any value")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        words = " or ".join(simple_type(document, kind, schema) for kind in kinds)
    return f"{words} or null" if schema.get("nullable") else words


def simple_type(document: Schema, kind: str, schema: Schema) -> str:
    """Say what values of one of JSON's types are taken."""
    if kind == "array":
        return f"list of {type_of(document, schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {type_of(document, schema['additionalProperties']) or 'any values'}"
    limits = [
        f"{sign} {schema[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"))
        if name in schema
    ]
    words = schema.get("format", kind) if kind == "string" else kind
    return " ".join([words, *limits])


def examples(document: Schema, content: Schema) -> Iterator[tuple[str, Any]]:
    """Yield the name, with a colon before it, and the value of each example."""
    if "example" in content:
        yield "", content["example"]
    given = content.get("examples", {})
    if isinstance(given, list):
        for value in given:
            yield "", value
        return
    for name, part in given.items():
        example = resolved(document, part)
        title = example.get("summary", name)
        yield (f": {title}" if len(given) > 1 else ""), example.get("value")


def folded(title: str, example: Any) -> list[str]:
    """Return an example that is shown when it is asked for."""
    text = (
        example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    )
    language = "text" if isinstance(example, str) else "json"
    summary = f"<details><summary>{title}</summary>"
    return [summary, "", f"````{language}", text, "````", "", "</details>", ""]


def anchor(operation: Schema) -> str:
    """Return where in its page an operation is."""
    return f"operation-{operation['operationId'].replace('_', '-').lower()}"


def object_anchor(name: str) -> str:
    """Return where in their page an object is."""
    return f"object-{name.lower()}"


def refusal_anchor(name: str) -> str:
    """Return where in its page an answer is that many operations have."""
    return f"refusal-{name.lower()}"


def prose(text: str) -> str:
    """Return text in which `<` begins no HTML, but for that in code."""
    parts = re.split(r"(`[^`]*`)", text.strip())
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in parts)


def cell(text: str) -> str:
    """Return text that fits into a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks which there are."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
