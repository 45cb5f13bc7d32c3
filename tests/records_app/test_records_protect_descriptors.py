"""A descriptor can be deleted only when nothing refers to it any more."""

import pytest

from records_app.models import FunctionDescriptor, ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import Api, assert_problem, onboarded_service, submitted
from tests.requests_app.orders import created_records, made_ready, ordered, says


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    return onboarded_service()


@pytest.fixture
def function(service: ServiceDescriptor) -> FunctionDescriptor:
    return service.functions.get()


def refused(operator: Api, descriptor: ServiceDescriptor | FunctionDescriptor, by: object) -> None:
    """Check that a descriptor cannot be deleted, and that what refers to it is named."""
    kind = "services" if isinstance(descriptor, ServiceDescriptor) else "functions"
    problem = assert_problem(operator.delete(f"/{kind}/{descriptor.pk}"), 409, "in_use")
    assert str(by) in problem["detail"]
    assert operator.get(f"/{kind}/{descriptor.pk}").status_code == 200


def test_a_service_that_nothing_refers_to_is_deleted(
    operator: Api, service: ServiceDescriptor, function: FunctionDescriptor
) -> None:
    assert operator.delete(f"/services/{service.pk}").status_code == 204

    assert_problem(operator.get(f"/services/{service.pk}"), 404, "not_found")
    assert_problem(operator.delete(f"/services/{service.pk}"), 404, "not_found")
    assert operator.get(f"/functions/{function.pk}").status_code == 200


def test_an_open_request_holds_its_service_and_a_finished_one_drops_it(
    operator: Api, service: ServiceDescriptor
) -> None:
    request = submitted(service)
    refused(operator, service, request.pk)
    says(request, "INSTANTIATING")
    refused(operator, service, request.pk)

    says(request, "ERROR")

    assert operator.delete(f"/services/{service.pk}").status_code == 204
    shown = operator.get(f"/requests/{request.pk}").json()
    assert (shown["status"], shown["service_uuid"]) == ("ERROR", str(service.pk))


def test_a_cancelled_request_drops_its_service(operator: Api, service: ServiceDescriptor) -> None:
    request = submitted(service)
    operator.post(f"/requests/{request.pk}/cancel")

    assert operator.delete(f"/services/{service.pk}").status_code == 204


@pytest.mark.parametrize("is_terminated", [False, True])
def test_a_record_holds_its_service(
    operator: Api, service: ServiceDescriptor, is_terminated: bool
) -> None:
    instance = made_ready(submitted(service))
    if is_terminated:
        says(ordered("TERMINATE", instance), "READY")

    refused(operator, service, instance.pk)


def test_an_update_holds_the_new_service_and_frees_the_old(
    operator: Api, service: ServiceDescriptor
) -> None:
    instance = made_ready(submitted(service))
    newer = onboarded_service(version="2.0")
    update = ordered("UPDATE", instance, latest_nsd_id="2.0")
    refused(operator, newer, update.pk)
    refused(operator, service, instance.pk)

    says(update, "READY")

    refused(operator, newer, instance.pk)
    assert operator.delete(f"/services/{service.pk}").status_code == 204


def test_a_service_holds_its_functions(
    operator: Api, service: ServiceDescriptor, function: FunctionDescriptor
) -> None:
    refused(operator, function, service)

    operator.delete(f"/services/{service.pk}")

    assert operator.delete(f"/functions/{function.pk}").status_code == 204


def test_a_function_record_holds_its_function(
    operator: Api, service: ServiceDescriptor, function: FunctionDescriptor
) -> None:
    # Given a function record of a service that is not there any more
    request = submitted(service)
    says(request, "ERROR")
    operator.delete(f"/services/{service.pk}")
    sent = created_records(request)
    sent["vnfrs"][0]["descriptor_reference"] = str(function.pk)
    says(request, "READY", **sent)

    refused(operator, function, sent["vnfrs"][0]["id"])
    assert ServiceRecord.objects.get().descriptor is None


def test_a_shared_service_is_an_admins_to_delete(
    operator: Api, admin: Api, demo: ServiceDescriptor
) -> None:
    assert_problem(operator.delete(f"/services/{demo.pk}"), 403, "permission_denied")

    assert admin.delete(f"/services/{demo.pk}").status_code == 204
    assert not Request.objects.exists()


def test_another_tenants_service_does_not_exist(
    other_operator: Api, service: ServiceDescriptor
) -> None:
    assert_problem(other_operator.delete(f"/services/{service.pk}"), 404, "not_found")
    assert ServiceDescriptor.objects.filter(pk=service.pk).exists()
