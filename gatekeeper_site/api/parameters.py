"""The query parameters of what is no resource."""

from collections.abc import Set

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def refuse_unknown_parameters(request: Request, known: Set[str]) -> None:
    """Refuse a call that has parameters which nothing reads.

    Raises:
        ValidationError: naming each of them.
    """
    if unknown := request.query_params.keys() - known:
        raise ValidationError(dict.fromkeys(unknown, "There is no such parameter."))
