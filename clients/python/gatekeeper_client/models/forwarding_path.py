from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.path_connection_point import PathConnectionPoint


T = TypeVar("T", bound="ForwardingPath")


@_attrs_define
class ForwardingPath:
    """A way of packets through the functions.

    Attributes:
        fp_id (str | Unset):
        policy (str | Unset):
        connection_points (list[PathConnectionPoint] | Unset):
    """

    fp_id: str | Unset = UNSET
    policy: str | Unset = UNSET
    connection_points: list[PathConnectionPoint] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fp_id = self.fp_id

        policy = self.policy

        connection_points: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.connection_points, Unset):
            connection_points = []
            for connection_points_item_data in self.connection_points:
                connection_points_item = connection_points_item_data.to_dict()
                connection_points.append(connection_points_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if fp_id is not UNSET:
            field_dict["fp_id"] = fp_id
        if policy is not UNSET:
            field_dict["policy"] = policy
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.path_connection_point import PathConnectionPoint  # noqa: PLC0415

        d = dict(src_dict)
        fp_id = d.pop("fp_id", UNSET)

        policy = d.pop("policy", UNSET)

        _connection_points = d.pop("connection_points", UNSET)
        connection_points: list[PathConnectionPoint] | Unset = UNSET
        if _connection_points is not UNSET:
            connection_points = []
            for connection_points_item_data in _connection_points:
                connection_points_item = PathConnectionPoint.from_dict(connection_points_item_data)

                connection_points.append(connection_points_item)

        forwarding_path = cls(
            fp_id=fp_id,
            policy=policy,
            connection_points=connection_points,
        )

        forwarding_path.additional_properties = d
        return forwarding_path

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
