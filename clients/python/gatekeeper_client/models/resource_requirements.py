from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cpu import Cpu
    from ..models.memory import Memory
    from ..models.resource_requirements_storage import ResourceRequirementsStorage


T = TypeVar("T", bound="ResourceRequirements")


@_attrs_define
class ResourceRequirements:
    """What a virtual deployment unit needs.

    Attributes:
        cpu (Cpu): Processors.
        memory (Memory): Memory.
        storage (ResourceRequirementsStorage | Unset):
    """

    cpu: Cpu
    memory: Memory
    storage: ResourceRequirementsStorage | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cpu = self.cpu.to_dict()

        memory = self.memory.to_dict()

        storage: dict[str, Any] | Unset = UNSET
        if not isinstance(self.storage, Unset):
            storage = self.storage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cpu": cpu,
                "memory": memory,
            }
        )
        if storage is not UNSET:
            field_dict["storage"] = storage

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cpu import Cpu  # noqa: PLC0415
        from ..models.memory import Memory  # noqa: PLC0415
        from ..models.resource_requirements_storage import ResourceRequirementsStorage  # noqa: PLC0415

        d = dict(src_dict)
        cpu = Cpu.from_dict(d.pop("cpu"))

        memory = Memory.from_dict(d.pop("memory"))

        _storage = d.pop("storage", UNSET)
        storage: ResourceRequirementsStorage | Unset
        if isinstance(_storage, Unset):
            storage = UNSET
        else:
            storage = ResourceRequirementsStorage.from_dict(_storage)

        resource_requirements = cls(
            cpu=cpu,
            memory=memory,
            storage=storage,
        )

        resource_requirements.additional_properties = d
        return resource_requirements

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
