"""The yardstick: what a few lines of DRF do, without callers, events, audit, queue or middleware.

`python -m benchmarks.plain` makes its tables in the database that DATABASE_URL names, and fills
them; `python -m gunicorn benchmarks.plain` serves them by gunicorn's sync workers.
"""

import os
import uuid
from typing import Any

import dj_database_url
import django
from django.conf import settings
from django.db import connection, models, transaction
from django.urls import include, path

settings.configure(
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)},
    SECRET_KEY="yardstick",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
        "PAGE_SIZE": 50,
    },
)
django.setup()

from rest_framework import serializers, viewsets  # noqa: E402
from rest_framework.decorators import action  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.routers import SimpleRouter  # noqa: E402

ROWS = 10_000


class Order(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    request_type = models.CharField(max_length=16, default="CREATE")
    status = models.CharField(max_length=16, default="NEW")
    service_uuid = models.UUIDField()
    service_instance_uuid = models.UUIDField(null=True)
    ingresses = models.JSONField(default=list)
    egresses = models.JSONField(default=list)
    callback = models.TextField(null=True)  # noqa: DJ001
    error = models.TextField(null=True)  # noqa: DJ001
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "plain"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.id)


class Pool(models.Model):
    taken = models.BinaryField(default=bytes(512))

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return str(self.pk)


class OrderSerializer(serializers.ModelSerializer[Order]):
    class Meta:
        model = Order
        fields = "__all__"


class OrderViewSet(viewsets.ModelViewSet[Order]):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer


class PoolViewSet(viewsets.GenericViewSet[Pool]):
    queryset = Pool.objects.all()

    @action(detail=True, methods=["post"])
    def allocate(self, request: Request, pk: str) -> Response:
        with transaction.atomic():
            pool = Pool.objects.select_for_update().get(pk=pk)
            taken = int.from_bytes(pool.taken, "little")
            if taken.bit_count() == 4096:
                # A quick machine fills it in a turn.
                taken = 0
            lowest_free = ~taken & (taken + 1)
            pool.taken = (taken | lowest_free).to_bytes(512, "little")
            pool.save()
        return Response({"number": lowest_free.bit_length() - 1}, status=201)


router = SimpleRouter(trailing_slash=False)
router.register("orders", OrderViewSet)
router.register("pools", PoolViewSet)
urlpatterns = [path("", include(router.urls))]

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Order)
        editor.create_model(Pool)
    Order.objects.bulk_create(Order(service_uuid=uuid.uuid4()) for _ in range(ROWS))
    Pool.objects.bulk_create(Pool() for _ in range(100))
else:
    from django.core.wsgi import get_wsgi_application

    application: Any = get_wsgi_application()
