from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.problem_code import ProblemCode, check_problem_code
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.fault import Fault
    from ..models.problem_error import ProblemError


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """An error (RFC 9457).

    Attributes:
        type_ (str):
        title (str):
        status (int):
        detail (str):
        instance (str):
        code (ProblemCode): Conflicts:
            * `already_retried`: The request was retried: its newest retry can be, if that failed too.
            * `bandwidth_exhausted`: The HA interface has less bandwidth left than is asked for.
            * `below_use`: The new maximum is below what is in use.
            * `delivery_pending`: The callback has not ended: it is tried without being asked to.
            * `descriptor_exists`: A descriptor of this vendor, name and version exists.
            * `descriptor_mismatch`: `nsd_id` is not what the record is an instance of.
            * `edge_router_taken`: The edge router serves an HA router already.
            * `gateways_exhausted`: The HA router has as many gateways as it may have.
            * `idempotency_in_flight`: The first call with this Idempotency-Key has not ended yet.
            * `in_use`: Something else refers to the object.
            * `instance_exists`: The request's order has made an instance after all, which is there.
            * `instance_terminated`: The service instance is terminated.
            * `interface_disabled`: The HA interface's `admin_state_up` is false.
            * `interface_not_active`: The HA interface is neither ACTIVE nor PENDING_UPDATE.
            * `no_usable_downlink`: No downlink of the HA router takes new gateways.
            * `not_cancellable`: The request is not NEW any more, or its handover has begun.
            * `not_in_progress`: The request has ended, or its handover has not begun.
            * `not_retryable`: The request is not in ERROR, or what it ordered is gone.
            * `nothing_to_adopt`: What is recorded is what runs, or it is not known what does.
            * `nothing_to_clean_up`: The request is no CREATE in ERROR that has left something at the MANO.
            * `operation_under_way`: The MANO works on it: what it has made can be cleaned up after that.
            * `pending_delete`: The object is being deleted.
            * `physical_interface_taken`: The physical interface serves an HA interface already.
            * `request_conflict`: Another request for the instance is under way.
            * `unsupported_by_mano`: The MANO cannot do that.
            * `unsupported_format`: The MANO takes no descriptors of this form.
            * `vlan_pool_exhausted`: The HA interface has no free VLAN.
            * `vlan_restricted`: The VLAN is restricted or reserved.
            * `vlan_taken`: The VLAN is allocated to another gateway.
        error (ProblemError): The error as SONATA's own clients read it.
        errors (list[Fault] | Unset): Of a 400: every fault.
    """

    type_: str
    title: str
    status: int
    detail: str
    instance: str
    code: ProblemCode
    error: ProblemError
    errors: list[Fault] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        title = self.title

        status = self.status

        detail = self.detail

        instance = self.instance

        code: str = self.code

        error = self.error.to_dict()

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "title": title,
                "status": status,
                "detail": detail,
                "instance": instance,
                "code": code,
                "error": error,
            }
        )
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fault import Fault  # noqa: PLC0415
        from ..models.problem_error import ProblemError  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        title = d.pop("title")

        status = d.pop("status")

        detail = d.pop("detail")

        instance = d.pop("instance")

        code = check_problem_code(d.pop("code"))

        error = ProblemError.from_dict(d.pop("error"))

        _errors = d.pop("errors", UNSET)
        errors: list[Fault] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = Fault.from_dict(errors_item_data)

                errors.append(errors_item)

        problem = cls(
            type_=type_,
            title=title,
            status=status,
            detail=detail,
            instance=instance,
            code=code,
            error=error,
            errors=errors,
        )

        problem.additional_properties = d
        return problem

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
