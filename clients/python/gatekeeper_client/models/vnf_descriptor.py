from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cloudnative_deployment_unit import CloudnativeDeploymentUnit
    from ..models.described_connection_point import DescribedConnectionPoint
    from ..models.described_link import DescribedLink
    from ..models.virtual_deployment_unit import VirtualDeploymentUnit


T = TypeVar("T", bound="VnfDescriptor")


@_attrs_define
class VnfDescriptor:
    """A VNF descriptor (VNFD), with units of either kind or of both.

    Attributes:
        vendor (str):
        name (str):
        version (str): Such as "0.1".
        descriptor_version (str | Unset): Required, or `descriptor_schema`.
        descriptor_schema (str | Unset): 5GTANGO's, for `descriptor_version`.
        virtual_deployment_units (list[VirtualDeploymentUnit] | Unset):
        cloudnative_deployment_units (list[CloudnativeDeploymentUnit] | Unset):
        connection_points (list[DescribedConnectionPoint] | Unset):
        virtual_links (list[DescribedLink] | Unset):
    """

    vendor: str
    name: str
    version: str
    descriptor_version: str | Unset = UNSET
    descriptor_schema: str | Unset = UNSET
    virtual_deployment_units: list[VirtualDeploymentUnit] | Unset = UNSET
    cloudnative_deployment_units: list[CloudnativeDeploymentUnit] | Unset = UNSET
    connection_points: list[DescribedConnectionPoint] | Unset = UNSET
    virtual_links: list[DescribedLink] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vendor = self.vendor

        name = self.name

        version = self.version

        descriptor_version = self.descriptor_version

        descriptor_schema = self.descriptor_schema

        virtual_deployment_units: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.virtual_deployment_units, Unset):
            virtual_deployment_units = []
            for virtual_deployment_units_item_data in self.virtual_deployment_units:
                virtual_deployment_units_item = virtual_deployment_units_item_data.to_dict()
                virtual_deployment_units.append(virtual_deployment_units_item)

        cloudnative_deployment_units: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.cloudnative_deployment_units, Unset):
            cloudnative_deployment_units = []
            for cloudnative_deployment_units_item_data in self.cloudnative_deployment_units:
                cloudnative_deployment_units_item = cloudnative_deployment_units_item_data.to_dict()
                cloudnative_deployment_units.append(cloudnative_deployment_units_item)

        connection_points: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.connection_points, Unset):
            connection_points = []
            for connection_points_item_data in self.connection_points:
                connection_points_item = connection_points_item_data.to_dict()
                connection_points.append(connection_points_item)

        virtual_links: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.virtual_links, Unset):
            virtual_links = []
            for virtual_links_item_data in self.virtual_links:
                virtual_links_item = virtual_links_item_data.to_dict()
                virtual_links.append(virtual_links_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vendor": vendor,
                "name": name,
                "version": version,
            }
        )
        if descriptor_version is not UNSET:
            field_dict["descriptor_version"] = descriptor_version
        if descriptor_schema is not UNSET:
            field_dict["descriptor_schema"] = descriptor_schema
        if virtual_deployment_units is not UNSET:
            field_dict["virtual_deployment_units"] = virtual_deployment_units
        if cloudnative_deployment_units is not UNSET:
            field_dict["cloudnative_deployment_units"] = cloudnative_deployment_units
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points
        if virtual_links is not UNSET:
            field_dict["virtual_links"] = virtual_links

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cloudnative_deployment_unit import CloudnativeDeploymentUnit  # noqa: PLC0415
        from ..models.described_connection_point import DescribedConnectionPoint  # noqa: PLC0415
        from ..models.described_link import DescribedLink  # noqa: PLC0415
        from ..models.virtual_deployment_unit import VirtualDeploymentUnit  # noqa: PLC0415

        d = dict(src_dict)
        vendor = d.pop("vendor")

        name = d.pop("name")

        version = d.pop("version")

        descriptor_version = d.pop("descriptor_version", UNSET)

        descriptor_schema = d.pop("descriptor_schema", UNSET)

        _virtual_deployment_units = d.pop("virtual_deployment_units", UNSET)
        virtual_deployment_units: list[VirtualDeploymentUnit] | Unset = UNSET
        if _virtual_deployment_units is not UNSET:
            virtual_deployment_units = []
            for virtual_deployment_units_item_data in _virtual_deployment_units:
                virtual_deployment_units_item = VirtualDeploymentUnit.from_dict(
                    virtual_deployment_units_item_data
                )

                virtual_deployment_units.append(virtual_deployment_units_item)

        _cloudnative_deployment_units = d.pop("cloudnative_deployment_units", UNSET)
        cloudnative_deployment_units: list[CloudnativeDeploymentUnit] | Unset = UNSET
        if _cloudnative_deployment_units is not UNSET:
            cloudnative_deployment_units = []
            for cloudnative_deployment_units_item_data in _cloudnative_deployment_units:
                cloudnative_deployment_units_item = CloudnativeDeploymentUnit.from_dict(
                    cloudnative_deployment_units_item_data
                )

                cloudnative_deployment_units.append(cloudnative_deployment_units_item)

        _connection_points = d.pop("connection_points", UNSET)
        connection_points: list[DescribedConnectionPoint] | Unset = UNSET
        if _connection_points is not UNSET:
            connection_points = []
            for connection_points_item_data in _connection_points:
                connection_points_item = DescribedConnectionPoint.from_dict(
                    connection_points_item_data
                )

                connection_points.append(connection_points_item)

        _virtual_links = d.pop("virtual_links", UNSET)
        virtual_links: list[DescribedLink] | Unset = UNSET
        if _virtual_links is not UNSET:
            virtual_links = []
            for virtual_links_item_data in _virtual_links:
                virtual_links_item = DescribedLink.from_dict(virtual_links_item_data)

                virtual_links.append(virtual_links_item)

        vnf_descriptor = cls(
            vendor=vendor,
            name=name,
            version=version,
            descriptor_version=descriptor_version,
            descriptor_schema=descriptor_schema,
            virtual_deployment_units=virtual_deployment_units,
            cloudnative_deployment_units=cloudnative_deployment_units,
            connection_points=connection_points,
            virtual_links=virtual_links,
        )

        vnf_descriptor.additional_properties = d
        return vnf_descriptor

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
