"""Paths of the HA objects and of gohan's description of them."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.hot_reads.resources import register
from gatekeeper_site.core import registry
from ha_app.api.gohan import PERMISSIONS, GohanSchemaViewSet, GohanVersionView
from ha_app.api.views import GatewayViewSet, HaInterfaceViewSet, HaRouterViewSet
from ha_app.models import Status

router = SimpleRouter(trailing_slash=False)
router.register("v2.0/ha_routers", HaRouterViewSet, basename="ha-router")
router.register("v2.0/ha_interfaces", HaInterfaceViewSet, basename="ha-interface")
router.register("v2.0/gateways", GatewayViewSet, basename="gateway")
router.register("gohan/v0.1/schemas", GohanSchemaViewSet, basename="gohan-schema")
register(router, "v2.0/ha_routers", "v2.0/ha_interfaces", "v2.0/gateways")

registry.enumerations |= {"GohanPermission": PERMISSIONS, "HaStatus": Status.values}

urlpatterns = [*router.urls, path("gohan/v0.1/version", GohanVersionView.as_view())]
