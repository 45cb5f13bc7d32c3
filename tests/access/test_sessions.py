"""Logging in for a token, and out (contract: http.md, Who may call)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from gatekeeper_site.access.models import Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.access.services import digest_of
from gatekeeper_site.core import clock
from gatekeeper_site.core.rates import Rate
from tests.access.hashing import COUNTING_HASHER, CountingHasher
from tests.fixtures import TENANT, Api, assert_faults, assert_problem

pytestmark = pytest.mark.django_db

PASSWORD = " correct horse "


@pytest.fixture(autouse=True)
def fast_hasher(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [COUNTING_HASHER]
    yield
    CountingHasher.runs = 0


@pytest.fixture
def user(db: None) -> User:
    """A user with a password, and the role of an operator of TENANT."""
    user = User.objects.create_user("ann", password=PASSWORD)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    return user


def log_in(username: str = "ann", password: str = PASSWORD, **environ: Any) -> Any:
    return Api(**environ).post("/sessions", {"username": username, "password": password})


def test_the_right_password_gets_a_token_of_the_users_role_and_tenant(
    user: User, settings: Any
) -> None:
    settings.SESSION_TOKEN_SECONDS = 600

    response = log_in()

    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    token = response.json()["token"]
    assert token.keys() == {"access_token", "token_type", "expires_in"}
    assert (token["token_type"], token["expires_in"]) == ("bearer", 600)
    row = Token.objects.get(digest=digest_of(token["access_token"]))
    assert (row.user, row.role, row.tenant_id) == (user, "operator", TENANT)
    assert row.expires_at is not None
    assert row.expires_at - row.created_at == timedelta(seconds=600)
    assert Api(token["access_token"]).get("/requests").status_code == 200


def test_a_session_lasts_an_hour_by_default(settings: Any) -> None:
    assert settings.SESSION_TOKEN_SECONDS == 3600


def test_a_superuser_gets_a_token_of_an_admin_of_all() -> None:
    User.objects.create_superuser("root", password=PASSWORD)

    token = log_in("root").json()["token"]["access_token"]

    row = Token.objects.get(digest=digest_of(token))
    assert (row.role, row.tenant_id) == ("admin", "")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ann", "wrong"),
        ("ann", PASSWORD.strip()),
        ("ann ", PASSWORD),
        ("Ann", PASSWORD),
        ("x", "y"),
    ],
)
def test_wrong_credentials_are_a_401(user: User, username: str, password: str) -> None:
    response = log_in(username, password)

    problem = assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"
    assert problem["detail"] == "The user name or the password is wrong."
    assert not Token.objects.exists()


def test_an_inactive_user_is_as_one_with_a_wrong_password(user: User) -> None:
    wrong = log_in(password="wrong").json()
    user.is_active = False
    user.save()

    response = log_in()

    assert response.status_code == 401
    assert response.json() == wrong


def test_a_401_costs_one_hash_whether_or_not_there_is_such_a_user(user: User) -> None:
    User.objects.create_user("tokens-only")
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    for username in ("ann", "nobody", "tokens-only", "gone"):
        CountingHasher.runs = 0
        assert log_in(username, "wrong").status_code == 401
        assert CountingHasher.runs == 1, username


def test_a_user_without_a_role_gets_a_403_once_he_knows_the_password() -> None:
    User.objects.create_user("new", password=PASSWORD)

    assert log_in("new", "wrong").status_code == 401
    assert_problem(log_in("new"), 403, "permission_denied")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ("username", "password")),
        ({"username": "ann"}, ("password",)),
        ({"username": 1, "password": ["x"]}, ("username", "password")),
        ({"username": "ann", "password": "", "remember": True}, ("password", "remember")),
    ],
)
def test_a_malformed_login_is_a_400_that_names_its_faults(
    anonymous: Api, body: dict[str, Any], fields: tuple[str, ...]
) -> None:
    assert_faults(anonymous.post("/sessions", body), *fields)
    assert not ThrottleWindow.objects.exists()


def test_a_token_that_is_wrong_does_not_hinder_a_login(user: User) -> None:
    response = Api("unknown").post("/sessions", {"username": "ann", "password": PASSWORD})

    assert response.status_code == 201


def test_an_idempotency_key_is_refused(user: User, row_counts: Callable[[], Any]) -> None:
    before = row_counts()

    response = Api().post(
        "/sessions", {"username": "ann", "password": PASSWORD}, **{"Idempotency-Key": "one"}
    )

    assert_faults(response, "Idempotency-Key")
    assert row_counts() == before


# Logging out


@pytest.mark.parametrize("role", Role.values)
def test_a_token_of_any_role_can_be_ended_by_itself(user: User, role: str) -> None:
    UserAccess.objects.update(role=role)
    first, second = (Api(log_in().json()["token"]["access_token"]) for _ in range(2))

    response = first.delete("/sessions")

    assert (response.status_code, response.content) == (204, b"")
    assert first.get("/requests").status_code == 401
    assert first.delete("/sessions").status_code == 401
    assert second.get("/requests").status_code == 200


def test_nobody_has_no_session_to_end(anonymous: Api, person: Any) -> None:
    assert_problem(anonymous.delete("/sessions"), 401, "not_authenticated")
    assert person.delete("/sessions").status_code == 401
    assert person.get("/requests").status_code == 200


# Failures


@pytest.fixture
def three_failures(settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_USER = Rate(3, seconds=300)
    settings.LOGIN_FAILURES_PER_ADDRESS = Rate(5, seconds=300)


def fail(times: int, username: str = "ann", **environ: Any) -> list[int]:
    return [log_in(username, "wrong", **environ).status_code for _ in range(times)]


@pytest.mark.usefixtures("three_failures")
def test_after_too_many_failures_of_a_user_also_the_right_password_must_wait(user: User) -> None:
    assert fail(4) == [401, 401, 401, 429]

    response = log_in()

    assert_problem(response, 429, "throttled")
    assert 290 <= int(response["Retry-After"]) <= 300
    # And others from there, and he from elsewhere, need not.
    assert fail(1, "ben") == [401]
    assert log_in(REMOTE_ADDR="192.0.2.7").status_code == 201


@pytest.mark.usefixtures("three_failures")
def test_the_pause_ends(user: User) -> None:
    assert fail(4)[-1] == 429

    ThrottleWindow.objects.update(ends_at=clock.now().timestamp() - 1)

    assert fail(1) == [401]
    assert log_in().status_code == 201


@pytest.mark.usefixtures("three_failures")
def test_after_too_many_failures_of_an_address_nobody_logs_in_from_there(user: User) -> None:
    assert [fail(1, f"user {number}")[0] for number in range(6)] == [401] * 5 + [429]

    assert log_in().status_code == 429
    assert log_in(REMOTE_ADDR="192.0.2.7").status_code == 201


@pytest.mark.usefixtures("three_failures")
def test_an_ipv6_customer_has_one_address_for_all_of_his_64_bits(user: User) -> None:
    addresses = [f"2001:db8:0:1::{number}" for number in range(4)]

    codes = [fail(1, REMOTE_ADDR=address)[0] for address in addresses]

    assert codes == [401, 401, 401, 429]
    assert log_in(REMOTE_ADDR="2001:db8:0:2::1").status_code == 201


@pytest.mark.usefixtures("three_failures")
def test_a_success_does_not_count(user: User) -> None:
    assert [log_in().status_code for _ in range(6)] == [201] * 6
    assert fail(2) == [401, 401]
    assert log_in().status_code == 201
    assert fail(2) == [401, 429]


@pytest.mark.usefixtures("three_failures")
def test_a_refused_role_does_not_count() -> None:
    User.objects.create_user("new", password=PASSWORD)

    assert [log_in("new").status_code for _ in range(6)] == [403] * 6


def test_ten_failures_of_a_user_and_fifty_of_an_address_are_allowed(
    settings: Any,
) -> None:
    assert Rate(10, seconds=300) == settings.LOGIN_FAILURES_PER_USER
    assert Rate(50, seconds=300) == settings.LOGIN_FAILURES_PER_ADDRESS


def test_a_user_name_is_not_kept_with_its_failures() -> None:
    # Some people type their password there.
    fail(1, "my secret password")

    keys = ThrottleWindow.objects.values_list("key", flat=True)
    assert len(keys) == 2
    assert not any("secret" in key for key in keys)
