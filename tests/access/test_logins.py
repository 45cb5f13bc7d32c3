"""Every door that takes a password: one limit, one audit, and no input that breaks it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access.models import Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.rates import Rate
from tests.access.hashing import COUNTING_HASHER, CountingHasher
from tests.access.test_throttling import with_threads
from tests.adminsite.pages import text_of
from tests.fixtures import TENANT, Api, assert_faults, assert_problem

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
PAUSED = "Too many logins have failed. Try again in "
ADMIN_REFUSAL = "Please enter the correct username and password for a staff account."

LogIn = Callable[..., Any]


@pytest.fixture(autouse=True)
def fast_hasher(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [COUNTING_HASHER]
    CountingHasher.runs = 0


@pytest.fixture(autouse=True)
def three_failures(settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_USER = Rate(3, seconds=300)
    settings.LOGIN_FAILURES_PER_ADDRESS = Rate(5, seconds=300)


@pytest.fixture
def ann(db: None) -> User:
    """A member of staff with a password, and the role of an operator of TENANT."""
    user = User.objects.create_user("ann", password=PASSWORD, is_staff=True)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    return user


def at_sessions(username: Any = "ann", password: Any = PASSWORD, **environ: Any) -> Any:
    return Api(**environ).post("/sessions", {"username": username, "password": password})


def at_admin(username: Any = "ann", password: Any = PASSWORD, **environ: Any) -> Any:
    form = {"username": username, "password": password}
    return Client(raise_request_exception=False, **environ).post("/admin/login/", form)


def at_browsable_api(username: Any = "ann", password: Any = PASSWORD, **environ: Any) -> Any:
    form = {"username": username, "password": password}
    return Client(raise_request_exception=False, **environ).post("/api-auth/login/", form)


def at_own_password(username: Any = "ann", password: Any = PASSWORD, **environ: Any) -> Any:
    """Change the own password, for which the old one is asked."""
    browser = Client(raise_request_exception=False, **environ)
    browser.force_login(User.objects.get(username=username))
    new = "another horse"
    form = {"old_password": password, "new_password1": new, "new_password2": new}
    return browser.post("/admin/password_change/", form)


# What each answers to a right password, and to a wrong one.
DOORS: dict[LogIn, tuple[int, int]] = {
    at_sessions: (201, 401),
    at_admin: (302, 200),
    at_browsable_api: (302, 200),
    at_own_password: (302, 200),
}
every_door = pytest.mark.parametrize("log_in", DOORS)
# Those to which one comes unknown.
front_doors = pytest.mark.parametrize("log_in", list(DOORS)[:3])


def reasons() -> list[Any]:
    """Return why logins were refused, as the audit tells, in order."""
    entries = AuditEntry.objects.filter(action="refuse_login").order_by("id")
    return [entry.changes["reason"][1] for entry in entries]


# The limit


@every_door
def test_failures_at_any_door_pause_all_doors(log_in: LogIn, ann: User) -> None:
    right, wrong = DOORS[log_in]
    assert [log_in(password="wrong").status_code for _ in range(3)] == [wrong] * 3
    CountingHasher.runs = 0

    # Then the right password has to wait, here and elsewhere, and is not even looked at
    for other in DOORS:
        response = other()
        assert response.status_code == 429
        assert 290 <= int(response["Retry-After"]) <= 300
    assert CountingHasher.runs == 0
    assert not Token.objects.exists()

    # And not after the pause, nor from another address
    assert log_in(REMOTE_ADDR="192.0.2.7").status_code == right


@every_door
def test_a_login_is_possible_again_after_the_pause(log_in: LogIn, ann: User) -> None:
    right, wrong = DOORS[log_in]
    codes = [log_in(password="wrong").status_code for _ in range(4)]
    assert codes == [wrong] * 3 + [429]

    ThrottleWindow.objects.update(ends_at=clock.now().timestamp() - 1)

    assert log_in(password="wrong").status_code == wrong
    assert log_in().status_code == right


@front_doors
def test_a_success_at_any_door_does_not_count(log_in: LogIn, ann: User) -> None:
    right, _ = DOORS[log_in]

    assert [log_in().status_code for _ in range(7)] == [right] * 7
    assert set(ThrottleWindow.objects.values_list("count", flat=True)) == {0}


def test_one_spelling_of_a_name_is_counted_as_another(ann: User) -> None:
    # The forms take a name in any of Unicode's forms, and so does the API.
    wide = "\N{FULLWIDTH LATIN SMALL LETTER A}nn"
    assert at_sessions(wide).status_code == 201

    assert [at_admin(wide, "wrong").status_code for _ in range(3)] == [200] * 3
    assert at_sessions("ann").status_code == 429


def test_a_paused_address_makes_no_rows_of_users_and_a_paused_user_uses_up_no_address() -> None:
    # Given a user who is paused after three failures
    assert [at_sessions("ben", "wrong").status_code for _ in range(9)] == [401] * 3 + [429] * 6
    assert sorted(ThrottleWindow.objects.values_list("count", flat=True)) == [3, 3]

    # When two more failures of others have paused his address
    assert [at_sessions(name, "wrong").status_code for name in "cd"] == [401] * 2
    before = list(ThrottleWindow.objects.order_by("key").values())
    assert len(before) == 4
    with CaptureQueriesContext(connection) as first:
        assert at_sessions("e", "wrong").status_code == 429
    with CaptureQueriesContext(connection) as queries:
        assert [at_sessions(name, "wrong").status_code for name in "fgh"] == [429] * 3

    # Then whatever name comes from there writes nothing, but for the audit's one entry
    assert len(first) > 3
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"] * 3
    after = list(ThrottleWindow.objects.order_by("key").values())
    assert [{**row, "is_audited": None} for row in after] == [
        {**row, "is_audited": None} for row in before
    ]


def test_the_old_password_can_not_be_guessed_with_a_stolen_cookie(ann: User) -> None:
    codes = [at_own_password(password=f"guess {number}").status_code for number in range(4)]

    assert codes == [200, 200, 200, 429]
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


@with_threads
@pytest.mark.django_db(transaction=True)
def test_of_fifty_wrong_logins_at_once_no_more_are_looked_at_than_may_fail(
    ann: User, settings: Any
) -> None:
    # What is counted is in the database alone: threads stand for processes.
    settings.LOGIN_FAILURES_PER_USER = Rate(7, seconds=300)
    settings.LOGIN_FAILURES_PER_ADDRESS = Rate(50, seconds=300)
    CountingHasher.runs = 0

    def fail(number: int) -> int:
        log_in = list(DOORS)[number % 3]
        status: int = log_in(password="wrong").status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(fail, range(50)))

    assert codes.count(429) == 43
    assert CountingHasher.runs == 7
    assert sorted(ThrottleWindow.objects.values_list("count", flat=True)) == [7, 7]
    assert len(reasons()) == 8
    assert sum("too many failures" in reason for reason in reasons()) == 1


@with_threads
@pytest.mark.django_db(transaction=True)
def test_of_fifty_users_that_fail_at_once_no_more_are_looked_at_than_of_an_address_may(
    settings: Any,
) -> None:
    settings.LOGIN_FAILURES_PER_ADDRESS = Rate(9, seconds=300)

    def fail(number: int) -> int:
        status: int = at_sessions(f"user {number}", "wrong").status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(fail, range(50)))

    assert (codes.count(401), codes.count(429)) == (9, 41)
    # The address's, and one of each user who was looked at.
    assert sorted(ThrottleWindow.objects.values_list("count", flat=True)) == [1] * 9 + [9]


# What is not told, and what the audit tells


@front_doors
def test_a_failure_costs_the_same_whether_or_not_there_is_such_a_user(
    log_in: LogIn, ann: User
) -> None:
    User.objects.create_user("token-only")
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    costs, answers = [], []
    for username in ("ann", "nobody", "token-only", "gone", "x" * 150):
        CountingHasher.runs = 0
        ThrottleWindow.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            response = log_in(username, "wrong")
        costs.append((CountingHasher.runs, [query["sql"].split()[0] for query in queries]))
        answers.append((response.status_code, response.get("WWW-Authenticate")))

    assert costs == [costs[0]] * 5
    assert costs[0][0] == 1
    assert answers == [answers[0]] * 5


@front_doors
def test_every_refusal_is_audited_with_its_reason(log_in: LogIn, ann: User) -> None:
    User.objects.create_user("gone", password=PASSWORD, is_active=False)

    log_in("ann", "wrong", REMOTE_ADDR="192.0.2.7")
    log_in("gone", PASSWORD, REMOTE_ADDR="192.0.2.8")
    log_in("my secret password", "wrong", REMOTE_ADDR="192.0.2.9")

    wrong, inactive, unknown = AuditEntry.objects.order_by("id")
    assert reasons() == ["wrong password", "inactive user", "unknown user"]
    assert (wrong.object_type, wrong.object_id) == ("user", str(ann.pk))
    assert (wrong.actor, wrong.address) == ("gatekeeper", "192.0.2.7")
    assert wrong.via == ("admin" if log_in is at_admin else "api")
    assert inactive.object_id == str(User.objects.get(username="gone").pk)
    # What somebody has typed as a name may be his password.
    assert (unknown.object_type, unknown.object_id) == ("user", "")
    assert "secret" not in str(list(AuditEntry.objects.values()))


def test_who_may_not_do_what_he_logs_in_for_is_audited(ann: User) -> None:
    User.objects.create_user("new", password=PASSWORD)

    assert at_sessions("new").status_code == 403
    assert ADMIN_REFUSAL in text_of(at_admin("new"))
    assert reasons() == ["no role", "not staff"]

    # And as the password was right, it does not count
    assert set(ThrottleWindow.objects.values_list("count", flat=True)) == {0}


@every_door
def test_a_pause_is_audited_once_however_many_it_refuses(log_in: LogIn, ann: User) -> None:
    for _ in range(8):
        log_in(password="wrong")
    assert reasons()[:3] == ["wrong password"] * 3
    assert len(reasons()) == 4
    assert reasons()[3].startswith("too many failures: the user from this address must wait until")
    assert AuditEntry.objects.latest("id").object_id == str(ann.pk)

    # When it has ended and the next begins, that is another
    ThrottleWindow.objects.update(ends_at=clock.now().timestamp() - 1)
    for _ in range(8):
        log_in(password="wrong")
    assert len(reasons()) == 8


def test_a_pause_of_an_address_is_audited_once_whatever_the_names() -> None:
    for number in range(9):
        at_sessions(f"user {number}", "wrong")

    assert reasons()[:5] == ["unknown user"] * 5
    assert len(reasons()) == 6
    assert "all users from this address must wait" in reasons()[5]
    assert AuditEntry.objects.latest("id").object_id == ""


def test_the_audit_tells_who_set_his_own_password(ann: User) -> None:
    assert at_own_password().status_code == 302

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.via, entry.action) == ("ann", "admin", "set_password")
    assert (entry.object_id, entry.changes) == (str(ann.pk), {})
    ann.refresh_from_db()
    assert ann.check_password("another horse")


# The pages


def test_the_admins_login_says_one_thing_of_a_wrong_password(ann: User) -> None:
    page = at_admin(password="wrong")

    assert page.content.decode().count("errornote") == 1
    assert ADMIN_REFUSAL in text_of(page)
    assert "error below" not in text_of(page)


@pytest.mark.parametrize("log_in", [at_admin, at_browsable_api, at_own_password])
def test_a_paused_person_reads_for_how_long(log_in: LogIn, ann: User) -> None:
    for _ in range(3):
        log_in(password="wrong")

    text = text_of(log_in())

    assert f"{PAUSED}4 min 5" in text or f"{PAUSED}5 min 0" in text


def test_a_missing_name_or_password_is_asked_for_and_counts_nothing(ann: User) -> None:
    for form in (
        {},
        {"username": "ann"},
        {"password": PASSWORD},
        {"username": " ", "password": ""},
    ):
        for path in ("/admin/login/", "/api-auth/login/"):
            response = Client().post(path, form)
            assert response.status_code == 200
            assert "This field is required." in text_of(response)
    assert not ThrottleWindow.objects.exists()
    assert not AuditEntry.objects.exists()


def test_who_is_no_staff_is_told_so_at_the_admins_login(ann: User) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("ben"))

    text = text_of(browser.get("/admin/", follow=True))

    assert "You are logged in as ben, who may not see this page." in text


# Hostile input

LONG = "x" * 900_000
NAMES = [
    "a\0nn",
    "ann\r\nSet-Cookie: x=1",
    "😀",
    "\u202eann",
    LONG,
    "'; DROP TABLE auth_user; --",
    "%s",
]


@pytest.mark.parametrize("log_in", [at_admin, at_browsable_api])
@pytest.mark.parametrize("text", NAMES)
def test_a_form_with_anything_in_it_is_a_refusal(log_in: LogIn, text: str, ann: User) -> None:
    for response in (log_in(text, "wrong"), log_in("ann", text)):
        assert response.status_code == 200
        assert "sessionid" not in response.cookies


@pytest.mark.parametrize("text", NAMES)
def test_sessions_with_anything_in_them_are_refused(text: str, ann: User) -> None:
    for response in (at_sessions(text, "wrong"), at_sessions("ann", text)):
        assert response.status_code in (400, 401)


@pytest.mark.parametrize("value", [None, 1, True, [], ["ann"], {}, {"a": 1}, ""])
def test_what_is_no_text_is_a_fault_of_its_member(value: Any, ann: User) -> None:
    assert_faults(at_sessions(value), "username")
    assert_faults(at_sessions("ann", value), "password")
    assert not ThrottleWindow.objects.exists()


def test_a_name_that_no_user_can_have_is_a_fault(ann: User) -> None:
    assert_faults(at_sessions("x" * 151), "username")


@pytest.mark.parametrize("path", ["/sessions", "/admin/login/", "/api-auth/login/"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"username=%00&password=%00", "application/x-www-form-urlencoded"),
        (b"username=%ED%A0%80&password=%ff", "application/x-www-form-urlencoded"),
        (b"username=ann&password=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"username=ann&password=x", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"--b\r\nno part", "multipart/form-data; boundary=b"),
        (b"--b\r\nno part", "multipart/form-data"),
        (
            b'--b\r\nContent-Disposition: form-data; name="username"; filename="f"\r\n\r\n--b--',
            "multipart/form-data; boundary=b",
        ),
        (b'{"username": "\\ud800", "password": "\\ud800"}', "application/json"),
        (b'{"username": "a\\u0000b", "password": "x"}', "application/json"),
        (
            b"&".join(b"a%d=1" % number for number in range(2000)),
            "application/x-www-form-urlencoded",
        ),
        (b"password=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (b'{"username":' + b"[" * 5000, "application/json"),
    ],
)
def test_a_broken_body_breaks_no_door(path: str, body: bytes, content_type: str) -> None:
    browser = Client(raise_request_exception=False)

    response = browser.generic("POST", path, body, content_type=content_type)

    expected = {200, 400, 413} if path != "/sessions" else {400, 401, 413}
    assert response.status_code in expected
    if path == "/sessions" and response.status_code == 400:
        assert_problem(response, 400, "validation_error")
