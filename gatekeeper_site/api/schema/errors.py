"""What an operation answers when it does not do what is asked (contract: http.md, Errors)."""

from typing import Any

from gatekeeper_site.access.api.keystone.errors import is_keystones, keystones_error
from gatekeeper_site.api.middleware import GOHANS, gohans_error
from gatekeeper_site.api.problems import CODES, PROBLEM_TYPE, problem
from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.api.schema.headers import headers
from gatekeeper_site.core.registry import conflict_codes

JSON = JSONRenderer.media_type
# By status: what the answer is called in the document, what it says, the detail of its example,
# and its headers.
ANSWERS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "400": (
        "BadRequest",
        "Bad input: every fault is named, nothing was changed.",
        "limit: '0' is not a whole number from 1 to 1000.",
        (),
    ),
    "401": (
        "NotAuthenticated",
        "The token is missing, malformed, unknown, expired or revoked.",
        "The token is unknown, expired or revoked.",
        ("WWW-Authenticate",),
    ),
    "403": (
        "NotPermitted",
        "Authenticated but not allowed.",
        "Your role does not allow this.",
        (),
    ),
    "404": (
        "NotFound",
        "There is no such object, or it is another tenant's.",
        "There is no such object.",
        (),
    ),
    "406": (
        "NotAcceptable",
        "Nothing that `Accept` names is offered.",
        "Could not satisfy the request Accept header.",
        (),
    ),
    "409": (
        "Conflict",
        "The order conflicts with the object's state; nothing was changed.",
        "There are objects that use it.",
        (),
    ),
    "412": (
        "PreconditionFailed",
        "The object is not any more as `If-Match` says; nothing was changed.",
        "The object has changed since it had this ETag.",
        (),
    ),
    "413": (
        "BodyTooLarge",
        "The body is over 1 MiB.",
        "The body has 1048577 bytes; at most 1048576 are taken.",
        (),
    ),
    "415": (
        "BodyEncoded",
        "The body has a Content-Encoding: `Accept-Encoding` says what is taken.",
        "The body is encoded as 'gzip': send it as it is.",
        ("Accept-Encoding",),
    ),
    "422": (
        "KeyReused",
        "The Idempotency-Key was used with another method, path or body.",
        "The Idempotency-Key was used with another method, path or body.",
        (),
    ),
    "429": (
        "Throttled",
        "Too many calls: try again after the seconds in `Retry-After`.",
        "Request was throttled. Expected available in 7 seconds.",
        ("Retry-After",),
    ),
    "500": (
        "InternalError",
        "A fault of the server's: it is logged under the request id.",
        "This is our fault. Quote 0d2c1bd8-2f6e-4a7c-9b7c-6a7d0b6f1c11 when you report it.",
        (),
    ),
    "503": (
        "Unavailable",
        "Something does not answer: try again after the seconds in `Retry-After`.",
        "The database does not answer. Try again later.",
        ("Retry-After",),
    ),
}
# What an operation may answer that looks at nothing but the call, and what it needs a database for.
OPEN = ("400", "406", "413", "415", "500")
SUBJECT = ("400", "401", "403", "404", "406", "413", "415", "429", "500", "503")
# The only errors of these; what others may answer is found by their method and path.
OWN_ERRORS: dict[tuple[str, str], tuple[str, ...]] = {
    ("get", "/healthz"): ("400", "413", "415", "500"),
    ("get", "/readyz"): ("400", "413", "415", "500", "503"),
    ("get", "/schema"): OPEN,
    ("get", "/docs"): OPEN,
    ("get", "/"): OPEN,
    ("get", "/v3"): OPEN,
    ("get", "/v2.0"): OPEN,
    ("get", "/v3/auth/tokens"): SUBJECT,
    ("delete", "/v3/auth/tokens"): SUBJECT,
    ("get", "/api/v2/public-key"): (*OPEN, "503"),
    ("get", "/api/v2/micro-services/public-key"): (*OPEN, "503"),
}
# Nothing that these do depends on the state of something else.
WITHOUT_CONFLICTS = ("/sessions", "/tokens", "/v3/", "/v2.0/tokens", "/api/v2/micro-services")


def error_statuses(path: str, method: str) -> tuple[str, ...]:
    """Return the statuses that an operation may answer with besides its own."""
    if own := OWN_ERRORS.get((method, path)):
        return own
    statuses = ["400", "401", "403", "406", "413", "415", "429", "500", "503"]
    if "{" in path:
        statuses.append("404")
    if method in ("put", "patch", "delete") and path != "/sessions":
        statuses.append("412")
    if method != "get" and not path.startswith(WITHOUT_CONFLICTS):
        statuses.append("409")
        if takes_key(path, method):
            statuses.append("422")
    return tuple(statuses)


def takes_key(path: str, method: str) -> bool:
    """Tell whether an Idempotency-Key makes an operation safe to repeat."""
    is_order = method == "post" or (method == "put" and path.startswith("/records/services"))
    return is_order and not path.startswith(WITHOUT_CONFLICTS)


def form_of(path: str) -> str:
    """Return in whose form a path's errors are told, as the names of answers begin with it."""
    if is_keystones(path):
        return "Keystone"
    return "Gohan" if path.startswith(GOHANS) else ""


def error_reference(status: str, path: str) -> dict[str, str]:
    """Return the reference to an error of a path."""
    return {"$ref": f"#/components/responses/{form_of(path)}{ANSWERS[status][0]}"}


def response_components() -> dict[str, Any]:
    """Return every error in each form, for the document's components."""
    return {
        f"{form}{answer[0]}": error_answer(status, form)
        for form in ("", "Gohan", "Keystone")
        for status, answer in ANSWERS.items()
    }


def error_answer(status: str, form: str) -> dict[str, Any]:
    """Return the response object of an error, with its example."""
    _, description, detail, own_headers = ANSWERS[status]
    errors = None
    if status == "400":
        field, _, message = detail.partition(": ")
        errors = [{"field": field, "message": message}]
    instance = {"": "/requests", "Gohan": "/v2.0/gateways", "Keystone": "/v3/auth/tokens"}[form]
    code = "in_use" if status == "409" else None
    told = problem(int(status), detail=detail, instance=instance, code=code, errors=errors)
    content = {PROBLEM_TYPE: ("Problem", told)}
    if form == "Keystone":
        content = {JSON: ("KeystoneError", keystones_error(told))}
    elif form == "Gohan":
        content[JSON] = ("GohanError", gohans_error(told))
    return {
        "description": description,
        "headers": headers(*own_headers),
        "content": {
            media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
            for media_type, (schema, example) in content.items()
        },
    }


def schema_components() -> dict[str, Any]:
    """Return the schemas of errors in each form."""
    text, number = {"type": "string"}, {"type": "integer"}
    fault = {"$ref": "#/components/schemas/Fault"}
    faults = {"type": "array", "items": fault}
    meanings = "\n".join(f"* `{code}`: {text}" for code, text in sorted(conflict_codes.items()))
    problem = {
        "type": text,
        "title": text,
        "status": number,
        "detail": text,
        "instance": text,
        "code": {"$ref": "#/components/schemas/ProblemCode"},
        "errors": faults | {"description": "Of a 400: every fault."},
        "error": {"$ref": "#/components/schemas/ProblemError"},
    }
    checks = {"type": "object", "additionalProperties": text}
    always = [name for name in problem if name != "errors"]
    return {
        "Fault": described(
            "A fault of what was sent: its place, as `ingresses[0].nap`.",
            {
                "field": text,
                "message": text,
            },
        ),
        "ProblemCode": {
            "type": "string",
            "enum": sorted({*CODES.values(), *conflict_codes}),
            "description": f"Conflicts:\n{meanings}",
        },
        "ProblemError": described(
            "The error as SONATA's own clients read it.",
            {
                "code": number,
                "message": text,
            },
        ),
        "Problem": described("An error (RFC 9457).", problem, always),
        "ReadinessProblem": described(
            "What is not ready (RFC 9457).", problem | {"checks": checks}, [*always, "checks"]
        ),
        "GohanError": described(
            "An error, where `Accept` is exactly `application/json`.",
            {
                "error": text,
                "errors": faults,
            },
        ),
        "KeystoneErrorDetail": described(
            "An error, as Keystone tells it.",
            {
                "code": number,
                "title": text,
                "message": text,
            },
        ),
        "KeystoneError": described(
            "The envelope of Keystone's errors.",
            {
                "error": {"$ref": "#/components/schemas/KeystoneErrorDetail"},
            },
        ),
    }


def described(
    description: str, properties: dict[str, Any], required: list[str] | None = None
) -> dict[str, Any]:
    """Return the schema of an object; without `required`, it has all of its members."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": sorted(properties if required is None else required),
    }
