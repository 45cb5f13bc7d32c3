from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.used_resources import UsedResources
    from ..models.vnfc_instance import VnfcInstance


T = TypeVar("T", bound="RecordUnit")


@_attrs_define
class RecordUnit:
    """A deployment unit of a function that runs.

    Attributes:
        id (str | Unset):
        vdu_reference (str | Unset): `<vnfd name>:<vdu id>`
        vm_image (str | Unset):
        number_of_instances (int | Unset):
        resource_requirements (UsedResources | Unset): What a unit that runs has.
        vnfc_instance (list[VnfcInstance] | Unset):
    """

    id: str | Unset = UNSET
    vdu_reference: str | Unset = UNSET
    vm_image: str | Unset = UNSET
    number_of_instances: int | Unset = UNSET
    resource_requirements: UsedResources | Unset = UNSET
    vnfc_instance: list[VnfcInstance] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        vdu_reference = self.vdu_reference

        vm_image = self.vm_image

        number_of_instances = self.number_of_instances

        resource_requirements: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resource_requirements, Unset):
            resource_requirements = self.resource_requirements.to_dict()

        vnfc_instance: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.vnfc_instance, Unset):
            vnfc_instance = []
            for vnfc_instance_item_data in self.vnfc_instance:
                vnfc_instance_item = vnfc_instance_item_data.to_dict()
                vnfc_instance.append(vnfc_instance_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if vdu_reference is not UNSET:
            field_dict["vdu_reference"] = vdu_reference
        if vm_image is not UNSET:
            field_dict["vm_image"] = vm_image
        if number_of_instances is not UNSET:
            field_dict["number_of_instances"] = number_of_instances
        if resource_requirements is not UNSET:
            field_dict["resource_requirements"] = resource_requirements
        if vnfc_instance is not UNSET:
            field_dict["vnfc_instance"] = vnfc_instance

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.used_resources import UsedResources  # noqa: PLC0415
        from ..models.vnfc_instance import VnfcInstance  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id", UNSET)

        vdu_reference = d.pop("vdu_reference", UNSET)

        vm_image = d.pop("vm_image", UNSET)

        number_of_instances = d.pop("number_of_instances", UNSET)

        _resource_requirements = d.pop("resource_requirements", UNSET)
        resource_requirements: UsedResources | Unset
        if isinstance(_resource_requirements, Unset):
            resource_requirements = UNSET
        else:
            resource_requirements = UsedResources.from_dict(_resource_requirements)

        _vnfc_instance = d.pop("vnfc_instance", UNSET)
        vnfc_instance: list[VnfcInstance] | Unset = UNSET
        if _vnfc_instance is not UNSET:
            vnfc_instance = []
            for vnfc_instance_item_data in _vnfc_instance:
                vnfc_instance_item = VnfcInstance.from_dict(vnfc_instance_item_data)

                vnfc_instance.append(vnfc_instance_item)

        record_unit = cls(
            id=id,
            vdu_reference=vdu_reference,
            vm_image=vm_image,
            number_of_instances=number_of_instances,
            resource_requirements=resource_requirements,
            vnfc_instance=vnfc_instance,
        )

        record_unit.additional_properties = d
        return record_unit

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
