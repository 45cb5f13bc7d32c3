"""Descriptors and records (contract: requests-and-records.md)."""

import uuid

from django.db import models

from gatekeeper_site.core import clock
from gatekeeper_site.core.tenants import TenantField


class DescriptorFormat(models.TextChoices):
    """In whose form a descriptor is written, which says which MANOs take it."""

    SONATA = "sonata", "sonata"
    FIVE_G_TANGO = "5gtango", "5gtango"
    SOL006 = "sol006", "sol006"


class Descriptor(models.Model):
    """What an NSD and a VNFD have in common."""

    uuid = models.UUIDField("UUID", primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = TenantField()
    format = models.CharField(
        max_length=16,
        choices=DescriptorFormat.choices,
        default=DescriptorFormat.SONATA,
        db_default=DescriptorFormat.SONATA,
    )
    vendor = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    version = models.CharField(max_length=255)
    document = models.JSONField(help_text="The descriptor as it was given.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.vendor} {self.name} {self.version}".strip()


def descriptor_constraints(noun: str) -> list[models.BaseConstraint]:
    """Return the constraints of a kind of descriptor: one of a name and version in a tenant."""
    return [
        models.UniqueConstraint(
            fields=["tenant_id", "vendor", "name", "version"], name=f"{noun}_descriptor_is_unique"
        )
    ]


def list_indexes(noun: str) -> list[models.Index]:
    """Return the indexes that serve a list, newest first, of every tenant and of one."""
    return [
        models.Index(fields=["created_at", "uuid"], name=f"{noun}_by_creation"),
        models.Index(fields=["tenant_id", "created_at", "uuid"], name=f"{noun}_by_tenant"),
    ]


class FunctionDescriptor(Descriptor):
    """A VNF descriptor (VNFD)."""

    class Meta:
        verbose_name = "function descriptor"
        constraints = descriptor_constraints("function")
        indexes = list_indexes("vnfd")


class ServiceDescriptor(Descriptor):
    """A network service descriptor (NSD)."""

    functions = models.ManyToManyField(
        FunctionDescriptor, through="NetworkFunction", related_name="services"
    )

    class Meta:
        verbose_name = "service descriptor"
        constraints = descriptor_constraints("service")
        indexes = list_indexes("nsd")


class NetworkFunction(models.Model):
    """One of a service's `network_functions`: which VNFD it is made of."""

    service = models.ForeignKey(
        ServiceDescriptor, on_delete=models.CASCADE, related_name="network_functions"
    )
    function = models.ForeignKey(
        FunctionDescriptor, on_delete=models.PROTECT, related_name="network_functions"
    )
    vnf_id = models.CharField("VNF id", max_length=255)
    position = models.PositiveIntegerField(help_text="The place in the descriptor's list, from 0.")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(
                fields=["service", "vnf_id"], name="vnf_id_is_unique_in_service"
            )
        ]

    def __str__(self) -> str:
        return self.vnf_id


class RecordStatus(models.TextChoices):
    """SONATA's words for how a service or function is."""

    NORMAL_OPERATION = "normal operation", "normal operation"
    UPDATING = "updating", "updating"
    DEGRADED_OPERATION = "degraded operation", "degraded operation"
    OFFLINE = "offline", "offline"
    FAILED = "failed", "failed"
    TERMINATED = "terminated", "terminated"


class SyncVerdict(models.IntegerChoices):
    """Whether what is recorded of a service instance is what runs; what differs sorts first."""

    DIFFERS = 0, "differs"
    IN_SYNC = 1, "in sync"
    NOT_KNOWN = 2, "not known"


class Record(models.Model):
    """What an NSR and a VNFR have in common."""

    uuid = models.UUIDField("UUID", primary_key=True, editable=False)
    tenant_id = TenantField()
    status = models.CharField(max_length=32, choices=RecordStatus.choices)
    version = models.PositiveIntegerField(help_text="Grows by one with each change.")
    # What was instantiated; it stays when the descriptor itself, of a finished order, is deleted.
    descriptor_reference = models.UUIDField(null=True, db_index=True)
    body = models.JSONField(help_text="The members that the MANO sent, as given.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.uuid)


class ServiceRecord(Record):
    """A network service record (NSR): a service instance."""

    descriptor = models.ForeignKey(
        ServiceDescriptor, on_delete=models.PROTECT, null=True, blank=True, related_name="records"
    )
    # Kept here, where an index finds those that differ in the order of any list.
    sync_verdict = models.PositiveSmallIntegerField(
        choices=SyncVerdict.choices,
        default=SyncVerdict.NOT_KNOWN,
        db_default=SyncVerdict.NOT_KNOWN,
        editable=False,
    )

    class Meta:
        verbose_name = "service record"
        indexes = [
            *list_indexes("nsr"),
            models.Index(fields=["status", "created_at", "uuid"], name="nsr_by_status"),
            models.Index(fields=["updated_at"], name="nsr_by_update"),
            models.Index(fields=["sync_verdict", "-created_at", "-uuid"], name="nsr_by_verdict"),
        ]


class FunctionRecord(Record):
    """A VNF record (VNFR): a function of a service instance."""

    service = models.ForeignKey(ServiceRecord, on_delete=models.CASCADE, related_name="functions")
    descriptor = models.ForeignKey(
        FunctionDescriptor, on_delete=models.PROTECT, null=True, blank=True, related_name="records"
    )

    class Meta:
        verbose_name = "function record"
        indexes = [
            *list_indexes("vnfr"),
            models.Index(fields=["status", "created_at", "uuid"], name="vnfr_by_status"),
            models.Index(fields=["updated_at"], name="vnfr_by_update"),
        ]


class FormerVersion(models.Model):
    """What a service record, or that of one of its functions, was before it changed."""

    service = models.ForeignKey(
        ServiceRecord, on_delete=models.CASCADE, related_name="former_versions"
    )
    # The service record's own before the change, also of a function that changed with it.
    service_version = models.PositiveIntegerField()
    function_id = models.UUIDField(null=True, help_text="Null: it is the service record's.")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=32)
    descriptor_reference = models.UUIDField(null=True)
    body = models.JSONField(
        null=True, help_text="Null: the change left it as it was, or it was too large to keep."
    )
    is_body_left_out = models.BooleanField(default=False)
    since = models.DateTimeField(help_text="When it became so.")

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["service", "service_version"], name="former_by_service")]

    def __str__(self) -> str:
        return f"version {self.version} of {self.function_id or self.service_id}"
