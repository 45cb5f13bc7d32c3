from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.forwarding_path import ForwardingPath


T = TypeVar("T", bound="ForwardingGraph")


@_attrs_define
class ForwardingGraph:
    """How functions are chained.

    Attributes:
        fg_id (str | Unset):
        number_of_endpoints (int | Unset):
        number_of_virtual_links (int | Unset):
        constituent_vnfs (list[str] | Unset):
        network_forwarding_paths (list[ForwardingPath] | Unset):
    """

    fg_id: str | Unset = UNSET
    number_of_endpoints: int | Unset = UNSET
    number_of_virtual_links: int | Unset = UNSET
    constituent_vnfs: list[str] | Unset = UNSET
    network_forwarding_paths: list[ForwardingPath] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fg_id = self.fg_id

        number_of_endpoints = self.number_of_endpoints

        number_of_virtual_links = self.number_of_virtual_links

        constituent_vnfs: list[str] | Unset = UNSET
        if not isinstance(self.constituent_vnfs, Unset):
            constituent_vnfs = self.constituent_vnfs

        network_forwarding_paths: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.network_forwarding_paths, Unset):
            network_forwarding_paths = []
            for network_forwarding_paths_item_data in self.network_forwarding_paths:
                network_forwarding_paths_item = network_forwarding_paths_item_data.to_dict()
                network_forwarding_paths.append(network_forwarding_paths_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if fg_id is not UNSET:
            field_dict["fg_id"] = fg_id
        if number_of_endpoints is not UNSET:
            field_dict["number_of_endpoints"] = number_of_endpoints
        if number_of_virtual_links is not UNSET:
            field_dict["number_of_virtual_links"] = number_of_virtual_links
        if constituent_vnfs is not UNSET:
            field_dict["constituent_vnfs"] = constituent_vnfs
        if network_forwarding_paths is not UNSET:
            field_dict["network_forwarding_paths"] = network_forwarding_paths

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.forwarding_path import ForwardingPath  # noqa: PLC0415

        d = dict(src_dict)
        fg_id = d.pop("fg_id", UNSET)

        number_of_endpoints = d.pop("number_of_endpoints", UNSET)

        number_of_virtual_links = d.pop("number_of_virtual_links", UNSET)

        constituent_vnfs = cast(list[str], d.pop("constituent_vnfs", UNSET))

        _network_forwarding_paths = d.pop("network_forwarding_paths", UNSET)
        network_forwarding_paths: list[ForwardingPath] | Unset = UNSET
        if _network_forwarding_paths is not UNSET:
            network_forwarding_paths = []
            for network_forwarding_paths_item_data in _network_forwarding_paths:
                network_forwarding_paths_item = ForwardingPath.from_dict(
                    network_forwarding_paths_item_data
                )

                network_forwarding_paths.append(network_forwarding_paths_item)

        forwarding_graph = cls(
            fg_id=fg_id,
            number_of_endpoints=number_of_endpoints,
            number_of_virtual_links=number_of_virtual_links,
            constituent_vnfs=constituent_vnfs,
            network_forwarding_paths=network_forwarding_paths,
        )

        forwarding_graph.additional_properties = d
        return forwarding_graph

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
