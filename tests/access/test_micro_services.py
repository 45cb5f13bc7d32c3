"""How SONATA's own programs log in (contract: requests-and-records.md, SONATA's own paths)."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_private_key
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, connections

from gatekeeper_site.access import platform_key
from gatekeeper_site.access.models import PlatformKey, Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.access.services import digest_of
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.rates import Rate
from tests.access.hashing import COUNTING_HASHER, CountingHasher
from tests.fixtures import TENANT, Api, assert_faults, assert_problem
from tests.processes import WAIT_SECONDS

pytestmark = pytest.mark.django_db

# What SONATA's service lifecycle manager has built in.
NAME, PASSWORD = "son-slm", "1234"
PATH = "/api/v2/micro-services"
BASIC = 'Basic realm="gatekeeper", charset="UTF-8"'


@pytest.fixture
def service_user(db: None) -> User:
    call_command(
        "create_service_user", name=NAME, password=PASSWORD, tenant=TENANT, stdout=io.StringIO()
    )
    return User.objects.get(username=NAME)


def basic(credentials: str | bytes) -> str:
    given = credentials.encode() if isinstance(credentials, str) else credentials
    return f"Basic {base64.b64encode(given).decode()}"


def log_in(credentials: str = f"{NAME}:{PASSWORD}", **environ: Any) -> Any:
    return Api(**environ).get(PATH, headers={"authorization": basic(credentials)})


def registration(**members: Any) -> dict[str, Any]:
    order = {"clientId": NAME, "secret": PASSWORD, "redirectUris": ["/auth/son-slm"]}
    return order | members


# The key


def test_the_public_key_is_an_rsa_key_in_one_line(anonymous: Api) -> None:
    response = anonymous.get(f"{PATH}/public-key")

    assert response.status_code == 200
    assert response.json().keys() == {"items"}
    text = response.json()["items"]["public-key"]
    key = load_der_public_key(base64.b64decode(text, validate=True))
    assert isinstance(key, RSAPublicKey) and key.key_size == 2048
    assert anonymous.get("/api/v2/public-key").content == response.content
    assert anonymous.get(f"{PATH}/public-key/").content == response.content
    stored = PlatformKey.objects.get()
    private_key = load_pem_private_key(stored.private_key.encode(), password=None)
    assert private_key.public_key() == key


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite's test database is in memory, where threads do not wait for each other",
)
@pytest.mark.django_db(transaction=True)
def test_processes_that_make_a_key_at_once_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    both_made = threading.Barrier(2)
    new_key = platform_key.new_key

    def made_with_the_other() -> PlatformKey:
        key = new_key()
        both_made.wait(WAIT_SECONDS)
        return key

    def public_key(_: int) -> str:
        try:
            return platform_key.platform_public_key()
        finally:
            connections.close_all()

    monkeypatch.setattr(platform_key, "new_key", made_with_the_other)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(public_key, range(2))

    assert first == second == PlatformKey.objects.get().public_key


def test_a_parameter_of_the_key_is_refused(anonymous: Api) -> None:
    assert_faults(anonymous.get(f"{PATH}/public-key?x=1"), "x")
    assert not PlatformKey.objects.exists()


# Registering


def test_who_is_there_already_is_registered(service_user: User) -> None:
    response = Api().post(PATH, registration())

    assert (response.status_code, response.json()) == (201, {"clientId": NAME})
    without = registration()
    del without["redirectUris"]
    assert Api().post(PATH, without).status_code == 201
    assert User.objects.count() == 1
    assert not Token.objects.exists()


@pytest.mark.parametrize("members", [{"clientId": "intruder"}, {"secret": "4321"}])
def test_nobody_lets_himself_in(service_user: User, members: dict[str, str]) -> None:
    response = Api().post(PATH, registration(**members))

    problem = assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == BASIC
    name = members.get("clientId", NAME)
    assert problem["detail"] == (
        f"There is no user '{name}' with this password. Nobody lets himself in: an administrator "
        "makes the user, with `manage.py create_service_user`."
    )
    assert list(User.objects.values_list("username", flat=True)) == [NAME]
    assert AuditEntry.objects.filter(action="refuse_login").count() == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ("clientId", "secret")),
        ({"clientId": 5, "secret": None}, ("clientId", "secret")),
        (registration(redirectUris="/auth"), ("redirectUris",)),
        (registration(redirectUris=[1]), ("redirectUris",)),
        (registration(clientId="x" * 151, redirectUris=None, role="admin"), None),
    ],
)
def test_each_fault_of_a_registration_is_named(
    anonymous: Api, body: dict[str, Any], fields: tuple[str, ...] | None
) -> None:
    fields = fields or ("clientId", "redirectUris", "role")
    assert_faults(anonymous.post(PATH, body), *fields)
    assert not ThrottleWindow.objects.exists()


def test_an_idempotency_key_is_refused(service_user: User) -> None:
    response = Api().post(PATH, registration(), **{"Idempotency-Key": "one"})

    assert_faults(response, "Idempotency-Key")


# Logging in


def test_basic_credentials_get_a_token_as_of_sessions(service_user: User) -> None:
    response = log_in()

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json().keys() == {"access_token"}
    token = response.json()["access_token"]
    row = Token.objects.get(digest=digest_of(token))
    assert (row.user, row.role, row.tenant_id) == (service_user, "viewer", TENANT)
    assert row.expires_at is not None and row.login_digest
    assert Api(token).get("/api/v2/requests").status_code == 200
    lower = {"authorization": basic(f"{NAME}:{PASSWORD}").replace("Basic", "basic")}
    assert Api().get(PATH, headers=lower).status_code == 200


@pytest.mark.parametrize("password", ["p:a:ss", "pässwörd", " "])
def test_a_password_is_what_follows_the_first_colon(password: str) -> None:
    user = User.objects.create_user("flm", password=password)
    UserAccess.objects.create(user=user, role=Role.VIEWER)

    assert log_in(f"flm:{password}").status_code == 200


@pytest.mark.parametrize("credentials", [f"{NAME}:wrong", "nobody:1234", f"{NAME}\0:1234", ":"])
def test_wrong_credentials_are_a_401(service_user: User, credentials: str) -> None:
    response = log_in(credentials)

    problem = assert_problem(response, 401, "not_authenticated")
    assert problem["detail"] == "The user name or the password is wrong."
    assert response["WWW-Authenticate"] == BASIC
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ", "Basic !", "Basic YQ", basic("a"), basic(b"\xff:"), "Bearer x"],
)
def test_what_is_no_basic_header_is_a_401_that_says_so(anonymous: Api, header: str) -> None:
    response = anonymous.get(PATH, headers={"authorization": header} if header else {})

    problem = assert_problem(response, 401, "not_authenticated")
    assert problem["detail"] == (
        "The Authorization header is not of the form 'Basic <name:password in base64>'."
    )
    assert response["WWW-Authenticate"] == BASIC
    assert not ThrottleWindow.objects.exists()


def test_a_login_is_counted_and_costs_as_much_as_any(service_user: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [COUNTING_HASHER]
    service_user.set_password(PASSWORD)
    service_user.save()
    settings.LOGIN_FAILURES_PER_USER = Rate(2, seconds=300)
    for name in (NAME, "nobody"):
        CountingHasher.runs = 0
        assert log_in(f"{name}:wrong").status_code == 401
        assert CountingHasher.runs == 1, name
    assert Api().post(PATH, registration(secret="wrong")).status_code == 401

    for response in (log_in(), Api().post(PATH, registration())):
        assert_problem(response, 429, "throttled")
        assert 290 <= int(response["Retry-After"]) <= 300
    session = Api().post("/api/v2/sessions", {"username": NAME, "password": PASSWORD})
    assert session.status_code == 429


def test_a_user_without_a_role_gets_no_token() -> None:
    User.objects.create_user("new", password=PASSWORD)

    assert_problem(log_in(f"new:{PASSWORD}"), 403, "permission_denied")


def test_other_methods_are_told_which_there_are(anonymous: Api, service_user: User) -> None:
    for method in ("HEAD", "PUT", "DELETE"):
        response = anonymous.send(method, PATH, headers={"authorization": basic("son-slm:1234")})
        assert response.status_code == 405, method
        assert response["Allow"] == "GET, POST, OPTIONS"
    assert not Token.objects.exists()


# manage.py create_service_user


def create(**options: Any) -> str:
    printed = io.StringIO()
    call_command("create_service_user", stdout=printed, **options)
    return printed.getvalue()


def test_the_command_makes_a_viewer_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    said = create(name="son-slm", password="1234", tenant=TENANT.upper())
    monkeypatch.setattr("sys.stdin", io.StringIO(" secret \nmore\n"))
    create(name="son-flm")

    assert said == f"son-slm may log in, and reads what is of tenant {TENANT}.\n"
    for name, password, tenant in (("son-slm", "1234", TENANT), ("son-flm", " secret ", "")):
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert (user.access.role, user.access.tenant_id) == ("viewer", tenant)
        entry = AuditEntry.objects.get(object_type="user", object_id=str(user.pk))
        assert (entry.action, entry.changes["role"]) == ("create", [None, "viewer"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "son slm"}, "--name 'son slm'"),
        ({"name": ""}, "--name ''"),
        ({"tenant": "x"}, "--tenant 'x'"),
        ({"password": ""}, "The password is empty: nobody is made."),
        ({"password": "\udcff"}, "The password is not in UTF-8."),
        ({"name": "taken"}, "There is a user taken already; `manage.py changepassword taken`"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(options: dict[str, str], message: str) -> None:
    User.objects.create_user("taken")

    with pytest.raises(CommandError) as raised:
        create(**{"name": "son-slm", "password": "1234"} | options)

    assert message in str(raised.value)
    assert list(User.objects.values_list("username", flat=True)) == ["taken"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [(b"", "The password is empty"), (b"\n", "is empty"), (b"\xff\n", "is not in UTF-8")],
)
def test_the_command_refuses_what_is_no_password(
    monkeypatch: pytest.MonkeyPatch, typed: bytes, message: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), "utf-8"))

    with pytest.raises(CommandError, match=message):
        create(name="son-slm")

    assert not User.objects.exists()
