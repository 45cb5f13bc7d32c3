from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DescribedGraph")


@_attrs_define
class DescribedGraph:
    """How functions are chained.

    Attributes:
        fg_id (Any | Unset):
        number_of_endpoints (Any | Unset):
        number_of_virtual_links (Any | Unset):
        constituent_virtual_links (Any | Unset):
        constituent_vnfs (Any | Unset):
        constituent_services (Any | Unset):
        network_forwarding_paths (Any | Unset):
    """

    fg_id: Any | Unset = UNSET
    number_of_endpoints: Any | Unset = UNSET
    number_of_virtual_links: Any | Unset = UNSET
    constituent_virtual_links: Any | Unset = UNSET
    constituent_vnfs: Any | Unset = UNSET
    constituent_services: Any | Unset = UNSET
    network_forwarding_paths: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fg_id = self.fg_id

        number_of_endpoints = self.number_of_endpoints

        number_of_virtual_links = self.number_of_virtual_links

        constituent_virtual_links = self.constituent_virtual_links

        constituent_vnfs = self.constituent_vnfs

        constituent_services = self.constituent_services

        network_forwarding_paths = self.network_forwarding_paths

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if fg_id is not UNSET:
            field_dict["fg_id"] = fg_id
        if number_of_endpoints is not UNSET:
            field_dict["number_of_endpoints"] = number_of_endpoints
        if number_of_virtual_links is not UNSET:
            field_dict["number_of_virtual_links"] = number_of_virtual_links
        if constituent_virtual_links is not UNSET:
            field_dict["constituent_virtual_links"] = constituent_virtual_links
        if constituent_vnfs is not UNSET:
            field_dict["constituent_vnfs"] = constituent_vnfs
        if constituent_services is not UNSET:
            field_dict["constituent_services"] = constituent_services
        if network_forwarding_paths is not UNSET:
            field_dict["network_forwarding_paths"] = network_forwarding_paths

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fg_id = d.pop("fg_id", UNSET)

        number_of_endpoints = d.pop("number_of_endpoints", UNSET)

        number_of_virtual_links = d.pop("number_of_virtual_links", UNSET)

        constituent_virtual_links = d.pop("constituent_virtual_links", UNSET)

        constituent_vnfs = d.pop("constituent_vnfs", UNSET)

        constituent_services = d.pop("constituent_services", UNSET)

        network_forwarding_paths = d.pop("network_forwarding_paths", UNSET)

        described_graph = cls(
            fg_id=fg_id,
            number_of_endpoints=number_of_endpoints,
            number_of_virtual_links=number_of_virtual_links,
            constituent_virtual_links=constituent_virtual_links,
            constituent_vnfs=constituent_vnfs,
            constituent_services=constituent_services,
            network_forwarding_paths=network_forwarding_paths,
        )

        described_graph.additional_properties = d
        return described_graph

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
