from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sol_006_service_flavour import Sol006ServiceFlavour


T = TypeVar("T", bound="Sol006Service")


@_attrs_define
class Sol006Service:
    """What describes a service in SOL006; its functions must have been onboarded.

    Attributes:
        id (str):
        version (float | str):
        df (list[Sol006ServiceFlavour]):
        vnfd_id (list[str]): Ids of VNFDs.
        designer (str | Unset):
    """

    id: str
    version: float | str
    df: list[Sol006ServiceFlavour]
    vnfd_id: list[str]
    designer: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        version: float | str
        version = self.version

        df = []
        for df_item_data in self.df:
            df_item = df_item_data.to_dict()
            df.append(df_item)

        vnfd_id = self.vnfd_id

        designer = self.designer

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "version": version,
                "df": df,
                "vnfd-id": vnfd_id,
            }
        )
        if designer is not UNSET:
            field_dict["designer"] = designer

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sol_006_service_flavour import Sol006ServiceFlavour  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_version(data: object) -> float | str:
            return cast(float | str, data)

        version = _parse_version(d.pop("version"))

        df = []
        _df = d.pop("df")
        for df_item_data in _df:
            df_item = Sol006ServiceFlavour.from_dict(df_item_data)

            df.append(df_item)

        vnfd_id = cast(list[str], d.pop("vnfd-id"))

        designer = d.pop("designer", UNSET)

        sol_006_service = cls(
            id=id,
            version=version,
            df=df,
            vnfd_id=vnfd_id,
            designer=designer,
        )

        sol_006_service.additional_properties = d
        return sol_006_service

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
