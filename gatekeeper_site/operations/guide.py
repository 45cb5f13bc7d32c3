"""What is at /guide where the guide is not: its files are served as other static files are."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gatekeeper_site.api.problems import problem_response

NOT_BUILT = "The guide is not built: run `make docs`, and start the server again."


@require_safe
def missing(request: HttpRequest, page: str = "") -> HttpResponse:
    """Answer that there is no such page, or no guide.

    Args:
        request: the call.
        page: what it asks for, below /guide/.
    """
    is_built = settings.WHITENOISE_ROOT is not None
    detail = f"There is no page {page[:200]!r} in the guide." if is_built else NOT_BUILT
    return problem_response(404, detail=detail, instance=request.path)
