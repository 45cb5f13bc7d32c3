"""`Idempotency-Key`: an order sent again is answered as before, and done once.

Source: contract, http.md, Safe retries. The first answer is stored in the transaction of its
effect, so that there is never one without the other.
"""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import IntegrityError, OperationalError, connection, transaction
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.access.api.authentication import caller_of
from gatekeeper_site.api.models import IdempotentAnswer
from gatekeeper_site.api.services import KEPT_FOR
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict

HEADER = "Idempotency-Key"
# How long a second call waits for the first one's answer.
WAIT_SECONDS = 8
# The status of a row whose answer is being made: only its own transaction sees it so.
UNANSWERED = 0
KEY = re.compile(r"[!-~]{1,255}")


class KeyReused(APIException):
    """The key was sent before with another order (422)."""

    status_code = 422
    default_code = "idempotency_key_reused"


def answer_once(request: Request, answer: Callable[[], Response]) -> Response:
    """Return the answer to a call with a key: the stored one, or that of doing it now.

    Args:
        request: the call; its header is there.
        answer: does what is ordered; makes a problem of what is raised.

    Raises:
        ValidationError: the key is malformed.
        KeyReused: the key was sent before with another method, path or body.
        Conflict: `idempotency_in_flight`.
    """
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        raise ValidationError({HEADER: "This must be 1 to 255 visible ASCII characters."})
    try:
        return answer_in_transaction(request, key, answer)
    except IntegrityError:
        # A constraint that is checked at the commit: done again, the order finds what is wrong.
        return answer_in_transaction(request, key, answer)


@transaction.atomic
def answer_in_transaction(request: Request, key: str, answer: Callable[[], Response]) -> Response:
    """Claim the key, do what is ordered, and store the answer; or return the stored answer."""
    caller = caller_of(request)
    order = {
        "method": request.method or "",
        "path": request.get_full_path(),
        "body_digest": hashlib.sha256(request._request.body).hexdigest(),
    }
    kept, is_first = claim(key, caller.user.pk, caller.tenant_id, order)
    if not is_first:
        return replay(kept, order)
    response = answer()
    if response.status_code >= 500 or response.status_code == 429:
        # The key must be free for the next try, and nothing done.
        transaction.set_rollback(True)
        return response
    kept.status = response.status_code
    kept.headers = {
        name: value for name, value in response.items() if name.lower() != "content-type"
    }
    kept.body = json.dumps(response.data)
    kept.content_type = response.content_type or ""
    kept.save(update_fields=["status", "headers", "body", "content_type"])
    return response


def claim(
    key: str, user_id: int, tenant_id: str, order: dict[str, str]
) -> tuple[IdempotentAnswer, bool]:
    """Return the row of a key, and whether this call is the first with it.

    The unique constraint makes a second call wait until the first one's transaction has ended.

    Raises:
        Conflict: `idempotency_in_flight`: it has not in time.
    """
    now = clock.now()
    mine = {"user_id": user_id, "tenant_id": tenant_id, "key": key}
    claimed = IdempotentAnswer(**mine, **order, created_at=now)
    kept = None
    while kept is None:
        insert_if_absent(claimed)
        kept = IdempotentAnswer.objects.filter(**mine).first()
        # It may be forgotten in this moment; and if it is too old, it should have been.
        if kept is not None and kept.created_at < now - KEPT_FOR:
            kept.delete()
            kept = None
    return kept, kept.status == UNANSWERED


def insert_if_absent(claimed: IdempotentAnswer) -> None:
    """Insert the row of a key unless there is one, as soon as nobody is about to insert one.

    Raises:
        Conflict: `idempotency_in_flight`: somebody was for too long.
    """
    is_postgresql = connection.vendor == "postgresql"
    try:
        with connection.cursor() as cursor:
            if is_postgresql:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            IdempotentAnswer.objects.bulk_create([claimed], ignore_conflicts=True)
            if is_postgresql:
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise Conflict(
            "idempotency_in_flight",
            f"The first call with the key {claimed.key} has not ended yet.",
        ) from error


def replay(kept: IdempotentAnswer, order: dict[str, str]) -> Response:
    """Return the stored answer.

    Raises:
        KeyReused: it is the answer to something else.
    """
    if any(getattr(kept, name) != value for name, value in order.items()):
        raise KeyReused(
            f"The key {kept.key} was used for {kept.method} {kept.path}, or with another body."
        )
    headers = kept.headers | {"Idempotent-Replayed": "true"}
    response = Response(json.loads(kept.body), status=kept.status, headers=headers)
    response.content_type = kept.content_type or None
    return response
