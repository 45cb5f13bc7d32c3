"""Whether the process answers, and whether the whole does (contract: http.md, Who may call)."""

from typing import Any

from django.db import Error, connection
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gatekeeper_site.api.parameters import refuse_unknown_parameters
from gatekeeper_site.api.problems import PROBLEM_TYPE, RETRY_AFTER_SECONDS, problem
from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.core.peers import NO_ANSWER, peers
from gatekeeper_site.version import VERSION
from gatekeeper_site.work.selectors import WORKER_SEEN_WITHIN, workers_seen

DATABASE = "database"
WORKING = {"status": "ok", "version": VERSION}


class HealthView(APIView):
    """What is asked by watchers, who have no token, and take what there is."""

    authentication_classes = ()
    permission_classes = [AllowAny]
    throttle_classes = ()
    http_method_names = ["get", "head"]
    query_parameters: frozenset[str] = frozenset()

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[JSONRenderer, str]:
        """Return JSON, whatever is accepted."""
        return JSONRenderer(), JSONRenderer.media_type

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown query parameters.

        Raises:
            ValidationError: naming each of them.
        """
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, self.query_parameters | {"format"})


class HealthzView(HealthView):
    """Whether this process answers."""

    @extend_schema(
        operation_id="get_health",
        tags=["health"],
        summary="Ask whether the process answers",
        responses=inline_serializer(
            "Health", {"status": serializers.CharField(), "version": serializers.CharField()}
        ),
    )
    def get(self, request: Request) -> Response:
        """Answer that it does, and which version it is."""
        return Response(WORKING)


class ReadyzView(HealthView):
    """Whether everything that an order needs is there."""

    query_parameters = frozenset({"only"})

    @extend_schema(
        operation_id="get_readiness",
        tags=["health"],
        summary="Ask whether database, workers and the configured peers answer",
        parameters=[
            OpenApiParameter(
                "only",
                enum=[DATABASE],
                description="Ask the database alone, as a balancer does: a web process can serve "
                "while a peer is away.",
            )
        ],
        responses={
            200: inline_serializer(
                "Readiness",
                {
                    "status": serializers.CharField(),
                    "checks": serializers.DictField(child=serializers.CharField()),
                },
            ),
            (503, PROBLEM_TYPE): {"$ref": "#/components/schemas/ReadinessProblem"},
        },
    )
    def get(self, request: Request) -> Response:
        """Answer, with a 503 that names what is not there."""
        only = request.query_params.getlist("only")
        if any(word != DATABASE for word in only):
            raise ValidationError({"only": f"This can be {DATABASE}, and nothing else."})
        checks = {DATABASE: database_check()}
        if not only:
            checks["worker"] = worker_check() if checks[DATABASE] == "ok" else "unknown"
            checks |= peer_checks()
        failing = {name: text for name, text in checks.items() if text != "ok"}
        if not failing:
            return Response({"status": "ok", "checks": checks})
        detail = "; ".join(f"{name}: {text}" for name, text in failing.items())
        document = problem(503, detail=detail, instance=request.path)
        return Response(
            document | {"checks": checks},
            status=503,
            content_type=PROBLEM_TYPE,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )


def database_check() -> str:
    """Return "ok" or what is wrong with the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return NO_ANSWER
    return "ok"


def worker_check() -> str:
    """Return "ok" or what is wrong with the workers."""
    try:
        if workers_seen().exists():
            return "ok"
    except Error:
        return "unknown"
    seconds = int(WORKER_SEEN_WITHIN.total_seconds())
    return (
        f"none whose task clusters all work was seen in the last {seconds} s; start one with "
        "`manage.py run_worker`"
    )


def peer_checks() -> dict[str, str]:
    """Return "ok" or what is wrong, for each configured peer."""
    texts = {name: peer.answer() for name, peer in peers().items()}
    return {name: text for name, text in texts.items() if text is not None}
