"""What OPTIONS tells of a resource: DRF's description, of the body that each action takes."""

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request, clone_request


class ResourceMetadata(SimpleMetadata):
    """DRF's, of an object that there is, and with what the path's own actions take."""

    def determine_metadata(self, request: Request, view: Any) -> Any:
        """Return the description.

        Raises:
            NotFound: the path names an object that the caller cannot see.
        """
        if "pk" in view.kwargs and hasattr(view, "model"):
            view.instance()
        return super().determine_metadata(request, view)

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        """Return the members that may be given, by each method with a body that he may call."""
        actions = {}
        asked = view.action
        for method in ("POST", "PUT", "PATCH"):
            if method.lower() not in view.action_map:
                continue
            view.request, view.action = (
                clone_request(request, method),
                view.action_map[method.lower()],
            )
            try:
                view.check_permissions(view.request)
                actions[method] = self.get_serializer_info(view.get_serializer())
            except APIException:
                # He may not.
                continue
            finally:
                view.request, view.action = request, asked
        return actions
