"""The shapes of descriptors and records, for the schema: rows are printed by `represent.py`."""

from typing import Any

from rest_framework import serializers

from records_app.models import DescriptorFormat, RecordStatus


class DescriptorSerializer(serializers.Serializer[Any]):
    """What every descriptor is printed with."""

    uuid = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    status = serializers.CharField(help_text="`active`")
    format = serializers.ChoiceField(
        choices=DescriptorFormat.choices, help_text="In whose form it is written."
    )


class ServiceDescriptorSerializer(DescriptorSerializer):
    """A network service descriptor."""

    nsd = serializers.DictField(help_text="The descriptor as it was given.")


class FunctionDescriptorSerializer(DescriptorSerializer):
    """A VNF descriptor."""

    vnfd = serializers.DictField(help_text="The descriptor as it was given.")


class RecordSerializer(serializers.Serializer[Any]):
    """What every record is printed with, besides what else the MANO sent."""

    uuid = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=RecordStatus.choices)
    version = serializers.CharField(help_text="A number that grows with each change.")
    descriptor_reference = serializers.UUIDField(allow_null=True)
    descriptor_version = serializers.CharField()


class ServiceRecordSerializer(RecordSerializer):
    """A network service record."""

    network_functions = serializers.ListField(child=serializers.DictField())
    virtual_links = serializers.ListField(child=serializers.DictField())
    forwarding_graphs = serializers.ListField(child=serializers.DictField())


class FunctionRecordSerializer(RecordSerializer):
    """A VNF record."""

    virtual_deployment_units = serializers.ListField(child=serializers.DictField())
    virtual_links = serializers.ListField(child=serializers.DictField())
