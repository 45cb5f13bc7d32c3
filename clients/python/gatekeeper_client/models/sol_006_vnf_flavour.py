from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Sol006VnfFlavour")


@_attrs_define
class Sol006VnfFlavour:
    """A flavour in which a function is deployed.

    Attributes:
        id (Any | Unset):
        description (Any | Unset):
        vdu_profile (Any | Unset):
        instantiation_level (Any | Unset):
        default_instantiation_level (Any | Unset):
        lcm_operations_configuration (Any | Unset):
        scaling_aspect (Any | Unset):
        affinity_or_anti_affinity_group (Any | Unset):
    """

    id: Any | Unset = UNSET
    description: Any | Unset = UNSET
    vdu_profile: Any | Unset = UNSET
    instantiation_level: Any | Unset = UNSET
    default_instantiation_level: Any | Unset = UNSET
    lcm_operations_configuration: Any | Unset = UNSET
    scaling_aspect: Any | Unset = UNSET
    affinity_or_anti_affinity_group: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        description = self.description

        vdu_profile = self.vdu_profile

        instantiation_level = self.instantiation_level

        default_instantiation_level = self.default_instantiation_level

        lcm_operations_configuration = self.lcm_operations_configuration

        scaling_aspect = self.scaling_aspect

        affinity_or_anti_affinity_group = self.affinity_or_anti_affinity_group

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if description is not UNSET:
            field_dict["description"] = description
        if vdu_profile is not UNSET:
            field_dict["vdu-profile"] = vdu_profile
        if instantiation_level is not UNSET:
            field_dict["instantiation-level"] = instantiation_level
        if default_instantiation_level is not UNSET:
            field_dict["default-instantiation-level"] = default_instantiation_level
        if lcm_operations_configuration is not UNSET:
            field_dict["lcm-operations-configuration"] = lcm_operations_configuration
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

        vdu_profile = d.pop("vdu-profile", UNSET)

        instantiation_level = d.pop("instantiation-level", UNSET)

        default_instantiation_level = d.pop("default-instantiation-level", UNSET)

        lcm_operations_configuration = d.pop("lcm-operations-configuration", UNSET)

        scaling_aspect = d.pop("scaling-aspect", UNSET)

        affinity_or_anti_affinity_group = d.pop("affinity-or-anti-affinity-group", UNSET)

        sol_006_vnf_flavour = cls(
            id=id,
            description=description,
            vdu_profile=vdu_profile,
            instantiation_level=instantiation_level,
            default_instantiation_level=default_instantiation_level,
            lcm_operations_configuration=lcm_operations_configuration,
            scaling_aspect=scaling_aspect,
            affinity_or_anti_affinity_group=affinity_or_anti_affinity_group,
        )

        sol_006_vnf_flavour.additional_properties = d
        return sol_006_vnf_flavour

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
