"""Paths of the HA objects and of gohan's description of them."""

from rest_framework.routers import SimpleRouter

from ha_app.api.gohan import GohanSchemaViewSet
from ha_app.api.views import GatewayViewSet, HaInterfaceViewSet, HaRouterViewSet

router = SimpleRouter(trailing_slash=False)
router.register("v2.0/ha_routers", HaRouterViewSet, basename="ha-router")
router.register("v2.0/ha_interfaces", HaInterfaceViewSet, basename="ha-interface")
router.register("v2.0/gateways", GatewayViewSet, basename="gateway")
router.register("gohan/v0.1/schemas", GohanSchemaViewSet, basename="gohan-schema")

urlpatterns = router.urls
