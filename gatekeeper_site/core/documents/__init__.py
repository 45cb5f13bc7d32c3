"""Reads documents, JSON and YAML, and says what is wrong, and where, with what it does not take.

Source: contract, http.md, Paths and bodies. What libraries say of a text is shown to nobody; only
where they stop reading it.
"""

from typing import Any

from gatekeeper_site.core.documents.faults import (
    MAX_FAULTS,
    DocumentError,
    DocumentSyntaxError,
    DocumentTooLarge,
    Fault,
    printable,
    told,
    written_path,
)
from gatekeeper_site.core.documents.json_text import parse_json
from gatekeeper_site.core.documents.values import inspected
from gatekeeper_site.core.documents.yaml_text import parse_yaml

__all__ = [
    "MAX_BYTES",
    "MAX_FAULTS",
    "DocumentError",
    "DocumentSyntaxError",
    "DocumentTooLarge",
    "Fault",
    "printable",
    "read_document",
    "read_message",
    "read_object",
    "read_value",
    "told",
    "written_path",
]

MAX_BYTES = 1024 * 1024
LINE_ENDS_HINT = (
    " If curl sent it by -d @file, which strips line ends: --data-binary @file keeps them."
)


def read_object(body: bytes) -> dict[str, Any]:
    """Return the object of a JSON text.

    Raises:
        DocumentError: it is not one, or not fit to be stored.
    """
    return required_object(inspected(parse_json(decoded(body)), MAX_BYTES))


def read_document(body: bytes) -> dict[str, Any]:
    """Return the object of a JSON text or, where it is not JSON, the mapping of a YAML text.

    Raises:
        DocumentError: it is neither, or not fit to be stored.
    """
    text = decoded(body)
    try:
        value = parse_json(text)
    except DocumentSyntaxError:
        hint = LINE_ENDS_HINT if is_without_line_ends(text) else ""
        value = parse_yaml(text, hint=hint)
        return required_object(inspected(value, MAX_BYTES), hint)
    return required_object(inspected(value, MAX_BYTES))


def read_value(text: str) -> Any:
    """Return the value of a JSON text that is a part of something, as of a form.

    Raises:
        DocumentError: it is not one, or not fit to be stored.
    """
    return inspected(parse_json(text), MAX_BYTES)


def read_message(body: bytes, max_bytes: int) -> Any:
    """Return the value of a text that another system wrote: of JSON or, where it is not, of YAML.

    JSON comes first, as libyaml refuses the escapes with which JSON writes what is beyond 16 bits.
    What is no value of JSON's, or of a database's, is kept as text, as it was written: NaN, binary
    data, integers beyond 64 bits, keys that are no strings. What a tag says is left out.

    Args:
        body: the text.
        max_bytes: how much it may unfold to.

    Raises:
        DocumentError: it is neither, or unfolds beyond bounds.
    """
    text = decoded(body)
    try:
        value = parse_json(text, keeps_text=True)
    except DocumentSyntaxError:
        value = parse_yaml(text, keeps_text=True)
    return inspected(value, max_bytes)


def decoded(body: bytes) -> str:
    """Return the text of a body.

    Raises:
        DocumentSyntaxError: it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8 text: byte {error.start} is none of a character."
        raise DocumentSyntaxError([Fault("", message)]) from error


def required_object(value: Any, hint: str = "") -> dict[str, Any]:
    """Return the value if it is an object.

    Raises:
        DocumentError: it is not.
    """
    if not isinstance(value, dict):
        raise DocumentError([Fault("", f"The body must be a JSON object.{hint}")])
    return value


def is_without_line_ends(text: str) -> bool:
    """Tell whether a text may be YAML that lost its line ends, the last one too."""
    return "\n" not in text and not text.lstrip().startswith(("{", "[")) and bool(text.strip())
