"""ETags: a copy is checked, and a writer who saw another state is refused."""

import pytest

from ha_app.models import HaRouter
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import Api, assert_problem, instantiated, onboarded_function, submitted
from tests.ha_app.objects import new_gateway, new_interface, new_router, path_of, stored


def every_single_resource(demo: ServiceDescriptor) -> list[str]:
    """Return a path of each kind of object."""
    instance = instantiated(demo)
    router = new_router()
    interface = new_interface(router)
    gateway = new_gateway(router)
    return [
        f"/services/{demo.pk}",
        f"/functions/{onboarded_function().pk}",
        f"/requests/{submitted(demo).pk}",
        f"/records/services/{instance.pk}",
        f"/records/functions/{instance.functions.all()[0].pk}",
        path_of(router),
        path_of(interface),
        path_of(gateway),
    ]


def test_every_object_has_a_strong_tag_that_stays_while_it_does(
    operator: Api, demo: ServiceDescriptor
) -> None:
    for path in every_single_resource(demo):
        first, second = operator.get(path), operator.get(path)
        assert first["ETag"].startswith('"') and first["ETag"].endswith('"')
        assert first["ETag"] == second["ETag"]

        # A caller who has it is told so, with nothing more
        unmodified = operator.get(path, headers={"If-None-Match": first["ETag"]})
        assert unmodified.status_code == 304
        assert unmodified.content == b""
        assert unmodified["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    ("header", "status"),
    [("*", 304), ('"x", {tag}', 304), ("W/{tag}", 304), ('"x"', 200), ("x", 200), ("", 200)],
)
def test_if_none_match_takes_lists_and_weak_tags(
    operator: Api, demo: ServiceDescriptor, header: str, status: int
) -> None:
    path = f"/services/{demo.pk}"
    tag = operator.get(path)["ETag"]
    answer = operator.get(path, headers={"If-None-Match": header.format(tag=tag)})
    assert answer.status_code == status


def test_a_tag_changes_with_its_object(operator: Api) -> None:
    router = new_router()
    before = operator.get(path_of(router))["ETag"]
    changed = operator.put(path_of(router), {"description": "new"})
    after = operator.get(path_of(router))["ETag"]
    assert changed.status_code == 200
    assert before != after == changed["ETag"]


def test_a_list_has_no_tag(operator: Api, demo: ServiceDescriptor) -> None:
    assert "ETag" not in operator.get("/services")


def test_a_page_of_the_browsable_api_has_no_tag(operator: Api, demo: ServiceDescriptor) -> None:
    answer = operator.get(f"/services/{demo.pk}?format=api", headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert "ETag" not in answer


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("kind", ["router", "interface", "gateway"])
def test_a_change_of_another_state_than_the_callers_is_refused(
    operator: Api, method: str, kind: str
) -> None:
    # Given an object that was changed after the caller saw it
    router = new_router()
    objects = {"router": router, "interface": new_interface(router)}
    objects["gateway"] = new_gateway(router)
    path = path_of(objects[kind])
    seen = operator.get(path)["ETag"]
    operator.put(path, {"description": "by somebody else"})

    # When he changes and deletes it as he saw it
    changed = operator.send(method, path, {"description": "mine"}, **{"If-Match": seen})
    deleted = operator.send("DELETE", path, **{"If-Match": seen})

    # Then neither is done
    assert_problem(changed, 412, "precondition_failed")
    assert_problem(deleted, 412, "precondition_failed")
    assert stored(objects[kind]).description == "by somebody else"

    # And as it is now, he may
    now = operator.get(path)["ETag"]
    done = operator.send(method, path, {"description": "mine"}, **{"If-Match": f'"x", {now}'})
    assert done.status_code == 200
    assert stored(objects[kind]).description == "mine"


@pytest.mark.parametrize("header", ["x", "W/{tag}", '"'])
def test_what_is_no_strong_tag_never_matches(operator: Api, header: str) -> None:
    router = new_router()
    tag = operator.get(path_of(router))["ETag"]
    answer = operator.send("DELETE", path_of(router), **{"If-Match": header.format(tag=tag)})
    problem = assert_problem(answer, 412, "precondition_failed")
    assert problem["detail"].startswith("If-Match compares" if "W/" in header else "The object has")
    assert HaRouter.objects.filter(pk=router.pk).exists()


def test_any_state_will_do_for_a_star(operator: Api) -> None:
    router = new_router()
    assert operator.send("DELETE", path_of(router), **{"If-Match": "*"}).status_code == 204
    assert not HaRouter.objects.filter(pk=router.pk).exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ["*", "{tag}", 'W/{tag}, "x"'])
def test_a_state_that_the_caller_excludes_is_not_changed(
    operator: Api, method: str, header: str
) -> None:
    router = new_router()
    tag = operator.get(path_of(router))["ETag"]
    body = None if method == "DELETE" else {"description": "mine"}

    answer = operator.send(
        method, path_of(router), body, **{"If-None-Match": header.format(tag=tag)}
    )

    problem = assert_problem(answer, 412, "precondition_failed")
    assert tag in problem["detail"]
    assert stored(router).description == ""
    done = operator.send(method, path_of(router), body, **{"If-None-Match": '"x"'})
    assert done.status_code in (200, 204)


def test_a_stale_tag_is_told_before_a_conflict(operator: Api, demo: ServiceDescriptor) -> None:
    # Given objects that can't be deleted, and an instance that is being terminated
    router = new_router()
    new_interface(router)
    instance = instantiated(demo)
    order = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}
    operator.post("/requests", order)
    update = {"nsd_id": str(demo.pk), "latest_nsd_id": "0.1"}
    record = f"/records/services/{instance.pk}"

    # When callers come with the tag of another state, then with that of this one
    stale = [
        operator.send("DELETE", path_of(router), **{"If-Match": '"old"'}),
        operator.put(record, update, **{"If-Match": '"old"'}),
    ]
    fresh = [
        operator.send(
            "DELETE", path_of(router), **{"If-Match": operator.get(path_of(router))["ETag"]}
        ),
        operator.put(record, update, **{"If-Match": operator.get(record)["ETag"]}),
    ]

    # Then the one is a 412 and the other a 409
    for answer in stale:
        assert_problem(answer, 412, "precondition_failed")
    assert [answer.status_code for answer in fresh] == [409, 409]
    assert not Request.objects.filter(request_type="UPDATE").exists()


def test_a_descriptor_is_deleted_as_it_was_seen(admin: Api, demo: ServiceDescriptor) -> None:
    path = f"/services/{demo.pk}"
    assert_problem(admin.send("DELETE", path, **{"If-Match": '"old"'}), 412, "precondition_failed")
    tag = admin.get(path)["ETag"]
    assert admin.send("DELETE", path, **{"If-Match": tag}).status_code == 204
    assert admin.get(path).status_code == 404
