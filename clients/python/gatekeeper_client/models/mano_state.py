from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.mano_run_state import ManoRunState, check_mano_run_state

T = TypeVar("T", bound="ManoState")


@_attrs_define
class ManoState:
    """Whether orders are handed to the MANO, and how many the caller has under way.

    Attributes:
        driver (str): The setting MANO_DRIVER.
        state (ManoRunState):
        reason (None | str):
        since (datetime.datetime | None): Null: from the beginning.
        by (None | str):
        reachable (bool): Whether the MANO, or its broker, answers.
        waiting (int): Requests in NEW.
        in_progress (int): Requests that the MANO works on.
    """

    driver: str
    state: ManoRunState
    reason: None | str
    since: datetime.datetime | None
    by: None | str
    reachable: bool
    waiting: int
    in_progress: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        driver = self.driver

        state: str = self.state

        reason: None | str
        reason = self.reason

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        by: None | str
        by = self.by

        reachable = self.reachable

        waiting = self.waiting

        in_progress = self.in_progress

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "driver": driver,
                "state": state,
                "reason": reason,
                "since": since,
                "by": by,
                "reachable": reachable,
                "waiting": waiting,
                "in_progress": in_progress,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        driver = d.pop("driver")

        state = check_mano_run_state(d.pop("state"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        def _parse_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        by = _parse_by(d.pop("by"))

        reachable = d.pop("reachable")

        waiting = d.pop("waiting")

        in_progress = d.pop("in_progress")

        mano_state = cls(
            driver=driver,
            state=state,
            reason=reason,
            since=since,
            by=by,
            reachable=reachable,
            waiting=waiting,
            in_progress=in_progress,
        )

        mano_state.additional_properties = d
        return mano_state

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
