"""What is used of libraries that is not of their public interface, and stands in one file each.

A test that fails after an upgrade says what to look at: whether that file still fits.
"""

import hashlib
import inspect
import re

import pytest
from django.utils.module_loading import import_string

from tests.processes import PROJECT

# By the file that uses them: what a class or function is, as the first digits of its source's hash.
USED = {
    "requests_app/mano/pika_internals.py": {
        "pika.adapters.blocking_connection.BlockingConnection._flush_output": "5fae7068efae",
        "pika.adapters.select_connection.IOLoop.call_later": "909cf0c33aed",
        "pika.adapters.select_connection.IOLoop.remove_timeout": "1e944ebe05c1",
        "pika.adapters.utils.connection_workflow.AMQPConnectorException": "6963185b886f",
        "pika.connection.Connection._terminate_stream": "9b35860018c3",
        "pika.data.decode_value": "22d39a2229e7",
        "requests_app.mano.pika_internals.pika_decode_table": "172ca4b90b67",
        "pika.heartbeat.HeartbeatChecker._close_connection": "86f9a0661dc1",
    },
    "gatekeeper_site/work/cluster.py": {
        "django_q.brokers.orm.ORM": "cbed1739f36c",
        "django_q.cluster.Sentinel": "c0b74dbb593e",
        "django_q.models.OrmQ": "9ea339cb669d",
        "django_q.monitor.monitor": "e45d60ca1db6",
        "django_q.pusher.pusher": "6975acb3fb8d",
        "django_q.signing.SignedPackage": "886d95287633",
        "django_q.tasks.async_task": "6c3548750390",
        "django_q.worker.worker": "b30d59f639b0",
    },
    "gatekeeper_site/web/worker.py": {
        "gunicorn.arbiter.Arbiter.kill_workers": "00a2eb10d349",
        "gunicorn.arbiter.Arbiter.reexec": "7d8134145fff",
        "gunicorn.arbiter.Arbiter.start": "92668bdb3e86",
        "gunicorn.arbiter.Arbiter.stop": "7138b6afd9c4",
        "gunicorn.sock.BaseSocket": "f825d1c1c4ed",
        "gunicorn.workers.base.Worker": "41bcd41fbc75",
        "uvicorn_worker.UvicornWorker": "32ed327fe449",
    },
    "gatekeeper_site/api/schema/operations.py": {
        "drf_spectacular.openapi.AutoSchema._get_request_body": "0d33ca17af0e",
        "drf_spectacular.openapi.AutoSchema._map_basic_serializer": "cc1a6b3d1312",
    },
    "gatekeeper_site/web/connections.py": {
        "uvicorn.protocols.http.flow_control.FlowControl": "126debcdaa89",
        "uvicorn.protocols.http.httptools_impl.HttpToolsProtocol": "18fdf324b11b",
        "uvicorn.protocols.http.httptools_impl.RequestResponseCycle": "e67d470d435d",
    },
}
# What is recognized as such a use; public are what brokers of django-q derive from, and its models.
INTERNAL = {
    "requests_app/mano/pika_internals.py": r"pika\.(data|adapters|connection)\b|\._impl\b",
    "gatekeeper_site/work/cluster.py": r"django_q\.(cluster|conf|signing|worker|pusher|monitor)\b",
    "gatekeeper_site/web/worker.py": r"\b(kill_workers|LISTENERS|reexec_pid|callback_notify)\b",
    "gatekeeper_site/api/schema/operations.py": r"\b(_get_request_body|_map_basic_serializer)\b",
    "gatekeeper_site/web/connections.py": r"\b(from|import) uvicorn\b",
}


@pytest.mark.parametrize(
    ("file", "name", "digits"),
    [(file, name, digits) for file, names in USED.items() for name, digits in names.items()],
)
def test_what_is_used_is_as_it_was(file: str, name: str, digits: str) -> None:
    try:
        used = import_string(name)
    except ImportError:
        owner, attribute = name.rsplit(".", 1)
        used = getattr(import_string(owner), attribute)

    found = hashlib.sha256(inspect.getsource(used).encode()).hexdigest()[:12]

    assert found == digits, (
        f"{name} is not what {file} was written for: read what has changed, see that the file "
        f"still fits, and write {found} here."
    )


@pytest.mark.parametrize("file", INTERNAL)
def test_it_is_used_in_one_file(file: str) -> None:
    found = {
        str(path.relative_to(PROJECT))
        for room in ("gatekeeper_site", "records_app", "requests_app", "ha_app", "deploy")
        for path in (PROJECT / room).rglob("*.py")
        if re.search(INTERNAL[file], path.read_text())
    }

    assert found == {file}
