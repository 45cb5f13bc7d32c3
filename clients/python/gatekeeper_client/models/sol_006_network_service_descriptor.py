from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.sol_006_services import Sol006Services


T = TypeVar("T", bound="Sol006NetworkServiceDescriptor")


@_attrs_define
class Sol006NetworkServiceDescriptor:
    """A network service descriptor in SOL006, as OSM has it.

    Attributes:
        nsd (Sol006Services): A list of one service.
    """

    nsd: Sol006Services
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nsd = self.nsd.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nsd": nsd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sol_006_services import Sol006Services  # noqa: PLC0415

        d = dict(src_dict)
        nsd = Sol006Services.from_dict(d.pop("nsd"))

        sol_006_network_service_descriptor = cls(
            nsd=nsd,
        )

        sol_006_network_service_descriptor.additional_properties = d
        return sol_006_network_service_descriptor

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
