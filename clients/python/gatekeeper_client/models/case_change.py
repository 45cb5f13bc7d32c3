from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.case_state import CaseState, check_case_state
from ..models.resolution import Resolution, check_resolution
from ..types import UNSET, Unset

T = TypeVar("T", bound="CaseChange")


@_attrs_define
class CaseChange:
    """What `PATCH /requests/<id>/case` takes, each of which may be left out.

    The context has the request whose case it is.

        Attributes:
            state (CaseState | Unset):
            assignee (None | str | Unset): A user's name; null: nobody's.
            resolution (None | Resolution | Unset): Required to close.
            note (str | Unset): Added to the notes.
    """

    state: CaseState | Unset = UNSET
    assignee: None | str | Unset = UNSET
    resolution: None | Resolution | Unset = UNSET
    note: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state

        assignee: None | str | Unset
        if isinstance(self.assignee, Unset):
            assignee = UNSET
        else:
            assignee = self.assignee

        resolution: None | str | Unset
        if isinstance(self.resolution, Unset):
            resolution = UNSET
        elif isinstance(self.resolution, str):
            resolution = self.resolution
        else:
            resolution = self.resolution

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if state is not UNSET:
            field_dict["state"] = state
        if assignee is not UNSET:
            field_dict["assignee"] = assignee
        if resolution is not UNSET:
            field_dict["resolution"] = resolution
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _state = d.pop("state", UNSET)
        state: CaseState | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = check_case_state(_state)

        def _parse_assignee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        assignee = _parse_assignee(d.pop("assignee", UNSET))

        def _parse_resolution(data: object) -> None | Resolution | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolution_type_0 = check_resolution(data)

                return resolution_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Resolution | Unset, data)

        resolution = _parse_resolution(d.pop("resolution", UNSET))

        note = d.pop("note", UNSET)

        case_change = cls(
            state=state,
            assignee=assignee,
            resolution=resolution,
            note=note,
        )

        case_change.additional_properties = d
        return case_change

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
