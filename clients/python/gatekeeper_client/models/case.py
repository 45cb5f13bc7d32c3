from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.case_state import CaseState, check_case_state
from ..models.resolution import Resolution, check_resolution

if TYPE_CHECKING:
    from ..models.case_note import CaseNote


T = TypeVar("T", bound="Case")


@_attrs_define
class Case:
    """What people do about a request in ERROR.

    Attributes:
        state (CaseState):
        assignee (None | str):
        resolution (None | Resolution):
        notes (list[CaseNote]):
    """

    state: CaseState
    assignee: None | str
    resolution: None | Resolution
    notes: list[CaseNote]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state: str = self.state

        assignee: None | str
        assignee = self.assignee

        resolution: None | str
        if isinstance(self.resolution, str):
            resolution = self.resolution
        else:
            resolution = self.resolution

        notes = []
        for notes_item_data in self.notes:
            notes_item = notes_item_data.to_dict()
            notes.append(notes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "assignee": assignee,
                "resolution": resolution,
                "notes": notes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_note import CaseNote  # noqa: PLC0415

        d = dict(src_dict)
        state = check_case_state(d.pop("state"))

        def _parse_assignee(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        assignee = _parse_assignee(d.pop("assignee"))

        def _parse_resolution(data: object) -> None | Resolution:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolution_type_0 = check_resolution(data)

                return resolution_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Resolution, data)

        resolution = _parse_resolution(d.pop("resolution"))

        notes = []
        _notes = d.pop("notes")
        for notes_item_data in _notes:
            notes_item = CaseNote.from_dict(notes_item_data)

            notes.append(notes_item)

        case = cls(
            state=state,
            assignee=assignee,
            resolution=resolution,
            notes=notes,
        )

        case.additional_properties = d
        return case

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
