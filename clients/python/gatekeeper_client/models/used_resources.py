from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.used_cpu import UsedCpu
    from ..models.used_quantity import UsedQuantity


T = TypeVar("T", bound="UsedResources")


@_attrs_define
class UsedResources:
    """What a unit that runs has.

    Attributes:
        cpu (UsedCpu | Unset): Processors of a unit that runs.
        memory (UsedQuantity | Unset): Memory or storage of a unit that runs.
        storage (UsedQuantity | Unset): Memory or storage of a unit that runs.
    """

    cpu: UsedCpu | Unset = UNSET
    memory: UsedQuantity | Unset = UNSET
    storage: UsedQuantity | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cpu: dict[str, Any] | Unset = UNSET
        if not isinstance(self.cpu, Unset):
            cpu = self.cpu.to_dict()

        memory: dict[str, Any] | Unset = UNSET
        if not isinstance(self.memory, Unset):
            memory = self.memory.to_dict()

        storage: dict[str, Any] | Unset = UNSET
        if not isinstance(self.storage, Unset):
            storage = self.storage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if cpu is not UNSET:
            field_dict["cpu"] = cpu
        if memory is not UNSET:
            field_dict["memory"] = memory
        if storage is not UNSET:
            field_dict["storage"] = storage

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.used_cpu import UsedCpu  # noqa: PLC0415
        from ..models.used_quantity import UsedQuantity  # noqa: PLC0415

        d = dict(src_dict)
        _cpu = d.pop("cpu", UNSET)
        cpu: UsedCpu | Unset
        if isinstance(_cpu, Unset):
            cpu = UNSET
        else:
            cpu = UsedCpu.from_dict(_cpu)

        _memory = d.pop("memory", UNSET)
        memory: UsedQuantity | Unset
        if isinstance(_memory, Unset):
            memory = UNSET
        else:
            memory = UsedQuantity.from_dict(_memory)

        _storage = d.pop("storage", UNSET)
        storage: UsedQuantity | Unset
        if isinstance(_storage, Unset):
            storage = UNSET
        else:
            storage = UsedQuantity.from_dict(_storage)

        used_resources = cls(
            cpu=cpu,
            memory=memory,
            storage=storage,
        )

        used_resources.additional_properties = d
        return used_resources

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
