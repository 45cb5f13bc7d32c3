"""Says which events of HA objects `manage.py purge` may forget."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from ha_app.models import GatewayEvent, HaEvent, HaInterfaceEvent, HaRouterEvent

EventType = TypeVar("EventType", bound=HaEvent)


def old_ha_router_events(before: datetime) -> QuerySet[HaRouterEvent]:
    """Return the events of HA routers of before a moment."""
    return all_but_the_newest(HaRouterEvent.objects.filter(at__lt=before))


def old_ha_interface_events(before: datetime) -> QuerySet[HaInterfaceEvent]:
    """Return the events of HA interfaces of before a moment."""
    return all_but_the_newest(HaInterfaceEvent.objects.filter(at__lt=before))


def old_gateway_events(before: datetime) -> QuerySet[GatewayEvent]:
    """Return the events of gateways of before a moment."""
    return all_but_the_newest(GatewayEvent.objects.filter(at__lt=before))


def all_but_the_newest(events: QuerySet[EventType]) -> QuerySet[EventType]:
    """Leave out each object's newest event, which says why the object is as it is."""
    newer = events.model._default_manager.filter(
        ha_object=OuterRef("ha_object"), pk__gt=OuterRef("pk")
    )
    return events.filter(Exists(newer)).order_by("at", "pk")
