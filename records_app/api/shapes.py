"""The shapes of descriptors, and of what records hold, for the schema.

Sources: the contract's section "Descriptors", which `descriptor_schemas.py` and `sol006.py` check,
and SONATA's examples of records. A record's members are as the MANO sent them: any may be missing.
"""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from gatekeeper_site.api.serializers import OpenSerializer

VERSION = r"^[0-9]+(\.[0-9]+)*$"


@extend_schema_field({"type": "number", "exclusiveMinimum": 0})
class PositiveField(serializers.FloatField):
    """A number above 0."""


def name(**kwargs: Any) -> serializers.CharField:
    """Return the field of a name in a descriptor."""
    return serializers.CharField(min_length=1, max_length=255, **kwargs)


def version() -> serializers.RegexField:
    """Return the field of a descriptor's version."""
    return serializers.RegexField(VERSION, max_length=255, help_text='Such as "0.1".')


def given(name: str, about: str, *members: str) -> type[OpenSerializer]:
    """Return the shape of an object that is kept as given: nobody checks of which type it is."""

    def get_fields(self: OpenSerializer) -> dict[str, Any]:
        return {member: serializers.JSONField(required=False) for member in members}

    return type(name, (OpenSerializer,), {"__doc__": about, "get_fields": get_fields})


# Descriptors


class CpuSerializer(OpenSerializer):
    """Processors."""

    vcpus = PositiveField()


class MemorySerializer(OpenSerializer):
    """Memory."""

    size = PositiveField()
    size_unit = serializers.CharField(required=False, help_text="Such as MB.")


class ResourceRequirementsSerializer(OpenSerializer):
    """What a virtual deployment unit needs."""

    cpu = CpuSerializer()
    memory = MemorySerializer()
    storage = serializers.DictField(required=False)


class UnitConnectionPointSerializer(OpenSerializer):
    """A connection point of a unit."""

    id = serializers.CharField()


class VirtualDeploymentUnitSerializer(OpenSerializer):
    """A virtual machine of a function."""

    id = serializers.CharField(min_length=1)
    resource_requirements = ResourceRequirementsSerializer()
    vm_image = serializers.CharField(required=False, min_length=1)
    connection_points = UnitConnectionPointSerializer(many=True, required=False)


class CloudnativeDeploymentUnitSerializer(OpenSerializer):
    """A container of a function, as 5GTANGO describes it."""

    id = serializers.CharField(min_length=1)
    image = serializers.CharField(min_length=1)
    connection_points = UnitConnectionPointSerializer(many=True, required=False)


class NetworkFunctionSerializer(OpenSerializer):
    """A function of a service: the VNFD of this vendor, name and version."""

    vnf_id = name()
    vnf_vendor = name()
    vnf_name = name()
    vnf_version = version()


DescribedConnectionPoint = given(
    "DescribedConnectionPointSerializer",
    "A connection point of a function or a service.",
    *("id", "interface", "type", "virtual_link_reference"),
)
DescribedLink = given(
    "DescribedLinkSerializer",
    "A link between connection points.",
    *("id", "connectivity_type", "connection_points_reference"),
)
DescribedGraph = given(
    "DescribedGraphSerializer",
    "How functions are chained.",
    *("fg_id", "number_of_endpoints", "number_of_virtual_links"),
    *("constituent_virtual_links", "constituent_vnfs", "constituent_services"),
    "network_forwarding_paths",
)


class HeadingSerializer(OpenSerializer):
    """What names a descriptor, and what says which schema it follows; other members are kept."""

    descriptor_version = name(required=False, help_text="Required, or `descriptor_schema`.")
    descriptor_schema = serializers.CharField(
        required=False, min_length=1, help_text="5GTANGO's, for `descriptor_version`."
    )
    vendor = name()
    name = name()
    version = version()


class NetworkServiceDescriptorSerializer(HeadingSerializer):
    """A network service descriptor (NSD). Every function must have been onboarded."""

    network_functions = NetworkFunctionSerializer(many=True)
    connection_points = DescribedConnectionPoint(many=True, required=False)
    virtual_links = DescribedLink(many=True, required=False)
    forwarding_graphs = DescribedGraph(many=True, required=False)


class VnfDescriptorSerializer(HeadingSerializer):
    """A VNF descriptor (VNFD), with units of either kind or of both."""

    virtual_deployment_units = VirtualDeploymentUnitSerializer(many=True, required=False)
    cloudnative_deployment_units = CloudnativeDeploymentUnitSerializer(many=True, required=False)
    connection_points = DescribedConnectionPoint(many=True, required=False)
    virtual_links = DescribedLink(many=True, required=False)


@extend_schema_field({"oneOf": [{"type": "string", "minLength": 1}, {"type": "number"}]})
class Sol006VersionField(serializers.JSONField):
    """A version: a text or a number."""


Sol006VnfFlavour = given(
    "Sol006VnfFlavourSerializer",
    "A flavour in which a function is deployed.",
    *("id", "description", "vdu-profile", "instantiation-level", "default-instantiation-level"),
    *("lcm-operations-configuration", "scaling-aspect", "affinity-or-anti-affinity-group"),
)
Sol006ServiceFlavour = given(
    "Sol006ServiceFlavourSerializer",
    "A flavour in which a service is deployed: which functions, how often, and how linked.",
    *("id", "description", "vnf-profile", "virtual-link-profile", "ns-instantiation-level"),
    *("default-ns-instantiation-level", "scaling-aspect", "affinity-or-anti-affinity-group"),
)


class Sol006Serializer(OpenSerializer):
    """What describes a function or a service in SOL006."""

    id = name()
    version = Sol006VersionField()


class Sol006VnfSerializer(Sol006Serializer):
    """What describes a function in SOL006."""

    provider = serializers.CharField(required=False, max_length=255)
    df = serializers.ListField(child=Sol006VnfFlavour(), min_length=1)


class Sol006VnfDescriptorSerializer(OpenSerializer):
    """A VNF descriptor in SOL006, as OSM has it."""

    vnfd = Sol006VnfSerializer()


class Sol006ServiceSerializer(Sol006Serializer):
    """What describes a service in SOL006; its functions must have been onboarded."""

    designer = serializers.CharField(required=False, max_length=255)
    df = serializers.ListField(child=Sol006ServiceFlavour(), min_length=1)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with the one whose name is no name in Python."""
        ids = serializers.ListField(child=name(), min_length=1, help_text="Ids of VNFDs.")
        return super().get_fields() | {"vnfd-id": ids}


class Sol006ServicesSerializer(OpenSerializer):
    """A list of one service."""

    nsd = Sol006ServiceSerializer(many=True)


class Sol006NetworkServiceDescriptorSerializer(OpenSerializer):
    """A network service descriptor in SOL006, as OSM has it."""

    nsd = Sol006ServicesSerializer()


ANY_NSD = PolymorphicProxySerializer(
    component_name="AnyNetworkServiceDescriptor",
    serializers=[NetworkServiceDescriptorSerializer, Sol006NetworkServiceDescriptorSerializer],
    resource_type_field_name=None,
)
ANY_VNFD = PolymorphicProxySerializer(
    component_name="AnyVnfDescriptor",
    serializers=[VnfDescriptorSerializer, Sol006VnfDescriptorSerializer],
    resource_type_field_name=None,
)


@extend_schema_field(ANY_NSD)
class AnyServiceField(serializers.JSONField):
    """A network service descriptor."""


@extend_schema_field(ANY_VNFD)
class AnyFunctionField(serializers.JSONField):
    """A VNF descriptor."""


# Records


class RecordFunctionSerializer(OpenSerializer):
    """A function of a service instance."""

    vnfr_id = serializers.CharField(required=False, help_text="The function record's uuid.")


class VirtualLinkSerializer(OpenSerializer):
    """A link between connection points."""

    id = serializers.CharField(required=False)
    connectivity_type = serializers.CharField(required=False, help_text="E-LAN or E-Line.")
    connection_points_reference = serializers.ListField(
        child=serializers.CharField(), required=False
    )


class PathConnectionPointSerializer(OpenSerializer):
    """A step of a forwarding path."""

    connection_point_ref = serializers.CharField(required=False)
    position = serializers.IntegerField(required=False)


class ForwardingPathSerializer(OpenSerializer):
    """A way of packets through the functions."""

    fp_id = serializers.CharField(required=False)
    policy = serializers.CharField(required=False)
    connection_points = PathConnectionPointSerializer(many=True, required=False)


class ForwardingGraphSerializer(OpenSerializer):
    """How functions are chained."""

    fg_id = serializers.CharField(required=False)
    number_of_endpoints = serializers.IntegerField(required=False)
    number_of_virtual_links = serializers.IntegerField(required=False)
    constituent_vnfs = serializers.ListField(child=serializers.CharField(), required=False)
    network_forwarding_paths = ForwardingPathSerializer(many=True, required=False)


class UsedCpuSerializer(OpenSerializer):
    """Processors of a unit that runs."""

    vcpus = serializers.FloatField(required=False)


class UsedQuantitySerializer(OpenSerializer):
    """Memory or storage of a unit that runs."""

    size = serializers.FloatField(required=False)
    size_unit = serializers.CharField(required=False)


class UsedResourcesSerializer(OpenSerializer):
    """What a unit that runs has."""

    cpu = UsedCpuSerializer(required=False)
    memory = UsedQuantitySerializer(required=False)
    storage = UsedQuantitySerializer(required=False)


class PortSerializer(OpenSerializer):
    """The network interface of a connection point."""

    address = serializers.CharField(required=False)
    hardware_address = serializers.CharField(required=False)
    netmask = serializers.CharField(required=False)


class InstanceConnectionPointSerializer(OpenSerializer):
    """A connection point of a machine that runs."""

    id = serializers.CharField(required=False)
    type = serializers.CharField(required=False)
    interface = PortSerializer(required=False)


class VnfcInstanceSerializer(OpenSerializer):
    """A machine that runs."""

    id = serializers.CharField(required=False)
    vc_id = serializers.CharField(required=False, help_text="By what the VIM knows it.")
    vim_id = serializers.CharField(required=False)
    connection_points = InstanceConnectionPointSerializer(many=True, required=False)


class RecordUnitSerializer(OpenSerializer):
    """A deployment unit of a function that runs."""

    id = serializers.CharField(required=False)
    vdu_reference = serializers.CharField(required=False, help_text="`<vnfd name>:<vdu id>`")
    vm_image = serializers.CharField(required=False)
    number_of_instances = serializers.IntegerField(required=False)
    resource_requirements = UsedResourcesSerializer(required=False)
    vnfc_instance = VnfcInstanceSerializer(many=True, required=False)
