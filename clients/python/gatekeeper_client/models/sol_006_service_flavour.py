from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Sol006ServiceFlavour")


@_attrs_define
class Sol006ServiceFlavour:
    """A flavour in which a service is deployed: which functions, how often, and how linked.

    Attributes:
        id (Any | Unset):
        description (Any | Unset):
        vnf_profile (Any | Unset):
        virtual_link_profile (Any | Unset):
        ns_instantiation_level (Any | Unset):
        default_ns_instantiation_level (Any | Unset):
        scaling_aspect (Any | Unset):
        affinity_or_anti_affinity_group (Any | Unset):
    """

    id: Any | Unset = UNSET
    description: Any | Unset = UNSET
    vnf_profile: Any | Unset = UNSET
    virtual_link_profile: Any | Unset = UNSET
    ns_instantiation_level: Any | Unset = UNSET
    default_ns_instantiation_level: Any | Unset = UNSET
    scaling_aspect: Any | Unset = UNSET
    affinity_or_anti_affinity_group: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        description = self.description

        vnf_profile = self.vnf_profile

        virtual_link_profile = self.virtual_link_profile

        ns_instantiation_level = self.ns_instantiation_level

        default_ns_instantiation_level = self.default_ns_instantiation_level

        scaling_aspect = self.scaling_aspect

        affinity_or_anti_affinity_group = self.affinity_or_anti_affinity_group

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if description is not UNSET:
            field_dict["description"] = description
        if vnf_profile is not UNSET:
            field_dict["vnf-profile"] = vnf_profile
        if virtual_link_profile is not UNSET:
            field_dict["virtual-link-profile"] = virtual_link_profile
        if ns_instantiation_level is not UNSET:
            field_dict["ns-instantiation-level"] = ns_instantiation_level
        if default_ns_instantiation_level is not UNSET:
            field_dict["default-ns-instantiation-level"] = default_ns_instantiation_level
        if scaling_aspect is not UNSET:
            field_dict["scaling-aspect"] = scaling_aspect
        if affinity_or_anti_affinity_group is not UNSET:
            field_dict["affinity-or-anti-affinity-group"] = affinity_or_anti_affinity_group

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        description = d.pop("description", UNSET)

        vnf_profile = d.pop("vnf-profile", UNSET)

        virtual_link_profile = d.pop("virtual-link-profile", UNSET)

        ns_instantiation_level = d.pop("ns-instantiation-level", UNSET)

        default_ns_instantiation_level = d.pop("default-ns-instantiation-level", UNSET)

        scaling_aspect = d.pop("scaling-aspect", UNSET)

        affinity_or_anti_affinity_group = d.pop("affinity-or-anti-affinity-group", UNSET)

        sol_006_service_flavour = cls(
            id=id,
            description=description,
            vnf_profile=vnf_profile,
            virtual_link_profile=virtual_link_profile,
            ns_instantiation_level=ns_instantiation_level,
            default_ns_instantiation_level=default_ns_instantiation_level,
            scaling_aspect=scaling_aspect,
            affinity_or_anti_affinity_group=affinity_or_anti_affinity_group,
        )

        sol_006_service_flavour.additional_properties = d
        return sol_006_service_flavour

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
