from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sol_006_vnf_flavour import Sol006VnfFlavour


T = TypeVar("T", bound="Sol006Vnf")


@_attrs_define
class Sol006Vnf:
    """What describes a function in SOL006.

    Attributes:
        id (str):
        version (float | str):
        df (list[Sol006VnfFlavour]):
        provider (str | Unset):
    """

    id: str
    version: float | str
    df: list[Sol006VnfFlavour]
    provider: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        version: float | str
        version = self.version

        df = []
        for df_item_data in self.df:
            df_item = df_item_data.to_dict()
            df.append(df_item)

        provider = self.provider

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "version": version,
                "df": df,
            }
        )
        if provider is not UNSET:
            field_dict["provider"] = provider

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sol_006_vnf_flavour import Sol006VnfFlavour  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_version(data: object) -> float | str:
            return cast(float | str, data)

        version = _parse_version(d.pop("version"))

        df = []
        _df = d.pop("df")
        for df_item_data in _df:
            df_item = Sol006VnfFlavour.from_dict(df_item_data)

            df.append(df_item)

        provider = d.pop("provider", UNSET)

        sol_006_vnf = cls(
            id=id,
            version=version,
            df=df,
            provider=provider,
        )

        sol_006_vnf.additional_properties = d
        return sol_006_vnf

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
