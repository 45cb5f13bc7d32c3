"""The demo descriptors: the service of SONATA's own examples."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gatekeeper_site.core.documents import read_document
from records_app.models import FunctionDescriptor, ServiceDescriptor
from records_app.services.descriptors import onboard_function, onboard_service

DEMO = Path(__file__).resolve().parents[1] / "demo"
# The ids that SONATA's examples refer to.
FUNCTIONS: Final = {
    "vfoo-vnfd.yml": UUID("6a15313f-cb0a-4540-baa2-77cc6b3f1010"),
    "vbar-vnfd.yml": UUID("9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a9"),
}
SERVICE: Final = UUID("9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1")


@transaction.atomic
def onboard_demo() -> None:
    """Onboard the demo descriptors, readable by every tenant; what is there stays as it is."""
    service = read("nsd.yml")
    if is_onboarded(ServiceDescriptor, service):
        # With its functions, which earlier versions have named otherwise.
        return
    for name, descriptor_id in FUNCTIONS.items():
        function = read(name)
        if not is_onboarded(FunctionDescriptor, function):
            is_free = not FunctionDescriptor.objects.filter(pk=descriptor_id).exists()
            onboard_function(
                document=function,
                tenant_id="",
                descriptor_id=descriptor_id if is_free else None,
            )
    onboard_service(document=service, tenant_id="", descriptor_id=SERVICE)


def read(name: str) -> dict[str, Any]:
    """Return a demo descriptor."""
    return read_document((DEMO / name).read_bytes())


def is_onboarded(
    model: type[FunctionDescriptor] | type[ServiceDescriptor], document: dict[str, Any]
) -> bool:
    """Tell whether there is a shared descriptor of this name and version."""
    key = {name: document[name] for name in ("vendor", "name", "version")}
    return model._default_manager.filter(tenant_id="", **key).exists()
