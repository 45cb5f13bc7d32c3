from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.described_connection_point import DescribedConnectionPoint
    from ..models.described_graph import DescribedGraph
    from ..models.described_link import DescribedLink
    from ..models.network_function import NetworkFunction


T = TypeVar("T", bound="NetworkServiceDescriptor")


@_attrs_define
class NetworkServiceDescriptor:
    """A network service descriptor (NSD). Every function must have been onboarded.

    Attributes:
        vendor (str):
        name (str):
        version (str): Such as "0.1".
        network_functions (list[NetworkFunction]):
        descriptor_version (str | Unset): Required, or `descriptor_schema`.
        descriptor_schema (str | Unset): 5GTANGO's, for `descriptor_version`.
        connection_points (list[DescribedConnectionPoint] | Unset):
        virtual_links (list[DescribedLink] | Unset):
        forwarding_graphs (list[DescribedGraph] | Unset):
    """

    vendor: str
    name: str
    version: str
    network_functions: list[NetworkFunction]
    descriptor_version: str | Unset = UNSET
    descriptor_schema: str | Unset = UNSET
    connection_points: list[DescribedConnectionPoint] | Unset = UNSET
    virtual_links: list[DescribedLink] | Unset = UNSET
    forwarding_graphs: list[DescribedGraph] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vendor = self.vendor

        name = self.name

        version = self.version

        network_functions = []
        for network_functions_item_data in self.network_functions:
            network_functions_item = network_functions_item_data.to_dict()
            network_functions.append(network_functions_item)

        descriptor_version = self.descriptor_version

        descriptor_schema = self.descriptor_schema

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

        forwarding_graphs: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.forwarding_graphs, Unset):
            forwarding_graphs = []
            for forwarding_graphs_item_data in self.forwarding_graphs:
                forwarding_graphs_item = forwarding_graphs_item_data.to_dict()
                forwarding_graphs.append(forwarding_graphs_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vendor": vendor,
                "name": name,
                "version": version,
                "network_functions": network_functions,
            }
        )
        if descriptor_version is not UNSET:
            field_dict["descriptor_version"] = descriptor_version
        if descriptor_schema is not UNSET:
            field_dict["descriptor_schema"] = descriptor_schema
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points
        if virtual_links is not UNSET:
            field_dict["virtual_links"] = virtual_links
        if forwarding_graphs is not UNSET:
            field_dict["forwarding_graphs"] = forwarding_graphs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.described_connection_point import DescribedConnectionPoint  # noqa: PLC0415
        from ..models.described_graph import DescribedGraph  # noqa: PLC0415
        from ..models.described_link import DescribedLink  # noqa: PLC0415
        from ..models.network_function import NetworkFunction  # noqa: PLC0415

        d = dict(src_dict)
        vendor = d.pop("vendor")

        name = d.pop("name")

        version = d.pop("version")

        network_functions = []
        _network_functions = d.pop("network_functions")
        for network_functions_item_data in _network_functions:
            network_functions_item = NetworkFunction.from_dict(network_functions_item_data)

            network_functions.append(network_functions_item)

        descriptor_version = d.pop("descriptor_version", UNSET)

        descriptor_schema = d.pop("descriptor_schema", UNSET)

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

        _forwarding_graphs = d.pop("forwarding_graphs", UNSET)
        forwarding_graphs: list[DescribedGraph] | Unset = UNSET
        if _forwarding_graphs is not UNSET:
            forwarding_graphs = []
            for forwarding_graphs_item_data in _forwarding_graphs:
                forwarding_graphs_item = DescribedGraph.from_dict(forwarding_graphs_item_data)

                forwarding_graphs.append(forwarding_graphs_item)

        network_service_descriptor = cls(
            vendor=vendor,
            name=name,
            version=version,
            network_functions=network_functions,
            descriptor_version=descriptor_version,
            descriptor_schema=descriptor_schema,
            connection_points=connection_points,
            virtual_links=virtual_links,
            forwarding_graphs=forwarding_graphs,
        )

        network_service_descriptor.additional_properties = d
        return network_service_descriptor

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
