"""The shapes of descriptors and records, for the schema: rows are printed by `represent.py`."""

from typing import Any

from rest_framework import serializers

from gatekeeper_site.api.serializers import OpenSerializer
from records_app.api import shapes
from records_app.models import DescriptorFormat, RecordStatus
from records_app.represent import DESCRIPTOR_STATUSES


class DescriptorSerializer(serializers.Serializer[Any]):
    """What every descriptor is printed with."""

    uuid = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=DESCRIPTOR_STATUSES)
    format = serializers.ChoiceField(
        choices=DescriptorFormat.choices, help_text="In whose form it is written."
    )


class ServiceDescriptorSerializer(DescriptorSerializer):
    """A network service descriptor."""

    nsd = shapes.AnyServiceField(help_text="As it was given.")


class FunctionDescriptorSerializer(DescriptorSerializer):
    """A VNF descriptor."""

    vnfd = shapes.AnyFunctionField(help_text="As it was given.")


class RecordSerializer(OpenSerializer):
    """What every record is printed with, besides what else the MANO sent."""

    uuid = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=RecordStatus.choices)
    version = serializers.CharField(help_text="A number that grows with each change.")
    descriptor_reference = serializers.CharField(
        allow_null=True, help_text="The descriptor's uuid, or what the MANO sent in its place."
    )
    descriptor_version = serializers.CharField()


class ServiceRecordSerializer(RecordSerializer):
    """A network service record."""

    network_functions = shapes.RecordFunctionSerializer(many=True)
    virtual_links = shapes.VirtualLinkSerializer(many=True)
    forwarding_graphs = shapes.ForwardingGraphSerializer(many=True)


class FunctionRecordSerializer(RecordSerializer):
    """A VNF record."""

    virtual_deployment_units = shapes.RecordUnitSerializer(many=True)
    virtual_links = shapes.VirtualLinkSerializer(many=True)
