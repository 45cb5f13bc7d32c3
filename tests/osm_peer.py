"""Plays OSM's northbound interface (NBI) as the contract describes it (mano-osm.md), hazards too.

It counts what it deploys, and what it has forgotten while it runs: that is what tests judge by.
"""

import json
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID, uuid4, uuid5

import yaml

PREFIX = "/osm"
VNFDS, NSDS = "vnfpkgm/v1/vnf_packages", "nsd/v1/ns_descriptors"
INSTANCES, OPERATIONS = "nslcm/v1/ns_instances", "nslcm/v1/ns_lcm_op_occs"
BODY_MEMBERS = {"nsdId", "nsName", "nsDescription", "vimAccountId"}
STAGE = "Stage 2/5: deployment of KDUs, VMs and execution environments."
# What may be done with a call instead of answering it; each but the first two is carried out.
FAULTS = ("cut before", "500 before", "cut during", "cut after", "500", "502", "HTML")
MORE_FAULTS = ("half", "a megabyte", "list", "no id", "slow bytes")


@dataclass(frozen=True)
class Call:
    """What the peer was asked."""

    method: str
    path: str
    query: dict[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"


class Problem(Exception):
    """An answer that says no."""

    def __init__(self, status: int, detail: str, code: str = "CONFLICT") -> None:
        super().__init__(detail)
        self.answer = status, {"code": code, "status": status, "detail": detail}


@dataclass
class Osm:
    """The state of the peer; a test may change whatever it likes, meanwhile too."""

    username: str = "gatekeeper"
    password: str = "a password"
    project: str = "admin"
    vim_name: str = "openstack"
    vim_id: str = "11111111-2222-3333-4444-555555555555"
    # After a call, how long until the lifecycle manager begins, and ends; None: never by itself.
    begins_after: float | None = 0.0
    ends_after: float | None = 0.0
    # What is told so many seconds after it has begun, and before that the place in its queue.
    stages: tuple[tuple[float, str], ...] = ()
    end_state: str = "COMPLETED"
    end_error: str | None = None
    login_pause: float = 0.0
    # Says which of FAULTS befalls a call.
    fault: Callable[[Call], str | None] = lambda call: None
    packages: dict[str, dict[str, dict[str, Any]]] = field(
        default_factory=lambda: {VNFDS: {}, NSDS: {}}
    )
    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    functions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    logged_in_at: float = 0.0
    # By instance: how often it was deployed, and how much of that runs.
    deployed: Counter[str] = field(default_factory=Counter)
    running: Counter[str] = field(default_factory=Counter)
    forgotten: list[str] = field(default_factory=list)
    # Added to every time that it tells: its clock may be apart from ours.
    clock_offset: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def answer(self, call: Call, token: str | None) -> tuple[int, Any]:
        """Carry a call out; return status and value."""
        parts = call.path.split("/")
        kind, rest = "/".join(parts[:3]), parts[3:]
        if kind == "admin/v1/tokens":
            return self.log_in(call)
        with self.lock:
            if token not in self.tokens:
                raise Problem(401, "Token is invalid or has expired", "UNAUTHORIZED")
            self.advance()
            if kind == "admin/v1/vim_accounts":
                return 200, [{"_id": self.vim_id, "name": self.vim_name, "vim_type": "dummy"}]
            if kind in self.packages:
                return self.package(call, kind, rest)
            if kind == INSTANCES:
                return self.instance(call, rest)
            if kind == OPERATIONS:
                return 200, self.found(self.operations, call, rest)
            if kind == "nslcm/v1/vnf_instances":
                return 200, deepcopy(self.functions.get(call.query.get("nsr-id-ref", ""), []))
        raise Problem(404, f"no such path: {call.path}", "NOT_FOUND")

    def log_in(self, call: Call) -> tuple[int, Any]:
        given = (call.body["username"], call.body["password"])
        if time.monotonic() - self.logged_in_at < 2:
            time.sleep(self.login_pause)
        self.logged_in_at = time.monotonic()
        if given != (self.username, self.password):
            raise Problem(401, "Bad username or password", "UNAUTHORIZED")
        if call.body["project_id"] != self.project:
            raise Problem(404, f"project {call.body['project_id']} not found", "NOT_FOUND")
        token = uuid4().hex
        self.tokens.add(token)
        return 200, {"id": token, "expires": time.time() + self.clock_offset + 3600}

    def found(self, rows: dict[str, Any], call: Call, rest: list[str]) -> Any:
        """Return one row, or those that the query selects."""
        if rest:
            if rest[0] not in rows:
                raise Problem(404, f"{rest[0]} not found", "NOT_FOUND")
            return deepcopy(rows[rest[0]])
        return [
            deepcopy(row)
            for row in rows.values()
            if all(str(member(row, name)) in text.split(",") for name, text in call.query.items())
        ]

    def package(self, call: Call, kind: str, rest: list[str]) -> tuple[int, Any]:
        rows = self.packages[kind]
        if call.method == "GET":
            return 200, self.found(rows, call, rest)
        if call.method == "POST":
            package_id = str(uuid4())
            rows[package_id] = {"_id": package_id, "_admin": call.body}
            return 201, {"id": package_id}
        if rest[0] not in rows:
            raise Problem(404, f"package {rest[0]} not found", "NOT_FOUND")
        if call.method == "DELETE":
            del rows[rest[0]]
            return 204, None
        try:
            described = call.body["vnfd"] if kind == VNFDS else call.body["nsd"]["nsd"][0]
            descriptor_id = described["id"]
        except (KeyError, TypeError, IndexError) as error:
            raise Problem(422, f"invalid descriptor: {error!r}", "UNPROCESSABLE_ENTITY") from error
        if "refused" in described:
            raise Problem(422, described["refused"], "UNPROCESSABLE_ENTITY")
        if any(each.get("id") == descriptor_id for each in rows.values()):
            raise Problem(409, f"a package with id {descriptor_id} already exists")
        known = {each.get("id") for each in self.packages[VNFDS].values()}
        if kind == NSDS and not set(described["vnfd-id"]) <= known:
            raise Problem(409, "Descriptor error at 'vnfd-id': references a non existing vnfd")
        rows[rest[0]] |= described
        return 204, None

    def instance(self, call: Call, rest: list[str]) -> tuple[int, Any]:
        if call.method == "GET":
            return 200, self.found(self.instances, call, rest)
        if call.method == "POST" and not rest:
            return self.new_instance(call.body)
        instance = self.instances.get(rest[0])
        if instance is None:
            raise Problem(404, f"NS instance {rest[0]} not found", "NOT_FOUND")
        if call.method == "DELETE":
            return self.forget(rest[0])
        if rest[1] == "instantiate":
            return self.instantiate(instance, call.body)
        return self.terminate(instance, call.body)

    def instantiate(self, instance: dict[str, Any], body: dict[str, Any]) -> tuple[int, Any]:
        self.check(body)
        if body["vimAccountId"] != self.vim_id:
            raise Problem(400, f"Invalid vimAccountId='{body['vimAccountId']}'", "BAD_REQUEST")
        if instance["nsState"] != "NOT_INSTANTIATED":
            raise Problem(409, "the NS instance is already instantiated")
        # As long as the lifecycle manager has not begun, a second one deploys a second time.
        self.deployed[instance["id"]] += 1
        self.running[instance["id"]] += 1
        return 202, {"id": self.begun(instance["id"], "instantiate")}

    def terminate(self, instance: dict[str, Any], body: dict[str, Any]) -> tuple[int, Any]:
        if instance["nsState"] in ("NOT_INSTANTIATED", "TERMINATED"):
            raise Problem(409, f"the NS instance is {instance['nsState']}")
        if any(self.is_at_work(each) and each["begun"] for each in self.of(instance["id"])):
            raise Problem(409, "another operation is under way")
        if set(body) != {"autoremove"}:
            raise Problem(422, "Additional properties are not allowed", "UNPROCESSABLE_ENTITY")
        return 202, {"id": self.begun(instance["id"], "terminate")}

    def check(self, body: dict[str, Any]) -> None:
        if set(body) != BODY_MEMBERS:
            raise Problem(422, "Additional properties are not allowed", "UNPROCESSABLE_ENTITY")
        text = body["nsDescription"]
        if not 1 <= len(text) <= 255 or "'" in text or '"' in text:
            raise Problem(422, "nsDescription does not match", "UNPROCESSABLE_ENTITY")

    def new_instance(self, body: dict[str, Any]) -> tuple[int, Any]:
        self.check(body)
        if body["nsdId"] not in self.packages[NSDS]:
            raise Problem(404, f"nsd {body['nsdId']} not found", "NOT_FOUND")
        instance_id = str(uuid4())
        self.instances[instance_id] = {
            "_id": instance_id,
            "id": instance_id,
            "name": body["nsName"],
            "nsd-id": body["nsdId"],
            "nsState": "NOT_INSTANTIATED",
            "operational-status": "init",
            "config-status": "init",
            "constituent-vnfr-ref": [],
        }
        return 201, {"id": instance_id}

    def forget(self, instance_id: str) -> tuple[int, Any]:
        if any(self.is_at_work(each) and each["begun"] for each in self.of(instance_id)):
            raise Problem(409, "another operation is under way")
        if self.instances[instance_id]["nsState"] == "READY":
            raise Problem(409, "the NS instance is instantiated: terminate it first")
        if self.running[instance_id]:
            self.forgotten.append(instance_id)
        del self.instances[instance_id]
        self.functions.pop(instance_id, None)
        for each in self.of(instance_id):
            del self.operations[each["id"]]
        return 204, None

    def of(self, instance_id: str) -> list[dict[str, Any]]:
        return [each for each in self.operations.values() if each["nsInstanceId"] == instance_id]

    def is_at_work(self, operation: dict[str, Any]) -> bool:
        return operation["operationState"] in ("PROCESSING", "ROLLING_BACK")

    def begun(self, instance_id: str, kind: str) -> str:
        operation_id = str(uuid4())
        self.operations[operation_id] = {
            "_id": operation_id,
            "id": operation_id,
            "nsInstanceId": instance_id,
            "lcmOperationType": kind,
            "operationState": "PROCESSING",
            "startTime": time.time() + self.clock_offset,
            "stage": None,
            "queuePosition": None,
            "errorMessage": None,
            # Not of the NBI.
            "begun": False,
            "asked_at": time.monotonic(),
        }
        return operation_id

    def advance(self) -> None:
        """Do what the lifecycle manager has had the time to do."""
        for operation in list(self.operations.values()):
            if self.is_at_work(operation):
                age = time.monotonic() - operation["asked_at"]
                if not operation["begun"] and is_over(self.begins_after, age):
                    self.begin(operation)
                if self.stages:
                    self.tell_progress(operation, age)
                if operation["begun"] and is_over(self.ends_after, age):
                    self.end(operation)

    def tell_progress(self, operation: dict[str, Any], age: float) -> None:
        """Have an operation tell its place in the queue, or its stage."""
        if operation["begun"]:
            since = age - (self.begins_after or 0)
            told = [stage for seconds, stage in self.stages if seconds <= since]
            operation |= {"queuePosition": None, "stage": told[-1], "detailed-status": told[-1]}
        else:
            waiting = [each["id"] for each in self.operations.values() if not each["begun"]]
            operation["queuePosition"] = waiting.index(operation["id"]) + 1

    def begin(self, operation: dict[str, Any], stage: str = STAGE) -> None:
        """Have the lifecycle manager begin an operation, or be in another stage of it."""
        with self.lock:
            operation |= {"begun": True, "stage": stage, "detailed-status": stage}
            instance = self.instances[operation["nsInstanceId"]]
            if operation["lcmOperationType"] == "instantiate":
                instance["nsState"] = "BUILDING"

    def end(self, operation: dict[str, Any]) -> None:
        """Have the lifecycle manager end an operation."""
        with self.lock:
            instance_id = operation["nsInstanceId"]
            instance = self.instances[instance_id]
            state, error = self.end_state, self.end_error
            operation |= {"operationState": state, "errorMessage": error, "stage": ""}
            operation["detailed-status"] = "Done" if error is None else f"FAILED: {error}"
            is_well = state in ("COMPLETED", "PARTIALLY_COMPLETED")
            if operation["lcmOperationType"] == "terminate":
                if is_well:
                    self.running[instance_id] = 0
                    instance["nsState"] = "NOT_INSTANTIATED"
                return
            instance |= {
                "nsState": "READY" if is_well else "BROKEN",
                "operational-status": "running" if is_well else "failed",
                "config-status": "configured",
            }
            self.functions[instance_id] = self.functions_of(instance)
            refs = [each["_id"] for each in self.functions[instance_id]]
            instance["constituent-vnfr-ref"] = refs

    def functions_of(self, instance: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what runs of an instance, made of the packages."""
        nsd = self.packages[NSDS][instance["nsd-id"]]
        described = {each.get("id"): each for each in self.packages[VNFDS].values()}
        return [
            function_of(instance["id"], index, described[name], self.vim_id)
            for index, name in enumerate(nsd["vnfd-id"], 1)
        ]


def member(row: Any, name: str) -> Any:
    """Return a member by its path: a dot leads into an object, as in the filters of SOL005."""
    for part in name.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def is_over(seconds: float | None, age: float) -> bool:
    return seconds is not None and age >= seconds


def function_of(instance_id: str, index: int, vnfd: dict[str, Any], vim_id: str) -> dict[str, Any]:
    function_id = str(uuid5(UUID(instance_id), str(index)))
    units = [
        {
            "vdu-id-ref": unit["id"],
            "count-index": 0,
            "vim-id": str(uuid5(UUID(function_id), unit["id"])),
            "status": "ACTIVE",
            "ip-address": f"10.0.{index}.{number}",
            "interfaces": [
                {
                    "name": "eth0",
                    "ip-address": f"10.0.{index}.{number}",
                    "mac-address": f"fa:16:3e:00:{index:02x}:{number:02x}",
                    "ns-vld-id": "mgmtnet",
                }
            ],
        }
        for number, unit in enumerate(vnfd.get("vdu", []), 1)
    ]
    return {
        "_id": function_id,
        "id": function_id,
        "nsr-id-ref": instance_id,
        "member-vnf-index-ref": str(index),
        "vnfd-ref": vnfd["id"],
        "vim-account-id": vim_id,
        "vdur": units,
        "connection-point": [{"name": "mgmt", "connection-point-id": None, "id": None}],
    }


class OsmPeer:
    """The NBI of an `Osm`, served in threads; over TLS with a certificate."""

    def __init__(self, osm: Osm, certificate: Path | None = None) -> None:
        self.osm = osm
        self.certificate = certificate
        self.server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}{PREFIX}"

    def start(self, port: int = 0) -> None:
        """Listen, also at the port of before."""
        osm = self.osm

        class Handler(NbiHandler):
            peer = osm

        server = QuietServer(("127.0.0.1", port or self.port), Handler)
        server.daemon_threads = True
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.server, self.port = server, server.server_port
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        """Listen no more."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self) -> "OsmPeer":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


class QuietServer(ThreadingHTTPServer):
    """Says nothing of connections that break: that is what they are there for."""

    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet of what a client did."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)


class NbiHandler(BaseHTTPRequestHandler):
    """Reads a call, has it carried out, and answers, or does a fault instead."""

    protocol_version = "HTTP/1.1"
    # Headers and body are sent together, when the answer is whole.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30
    peer: Osm

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def do(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        path = "/".join(unquote(part) for part in parts.path.removeprefix(PREFIX + "/").split("/"))
        is_yaml = self.headers.get("Content-Type") == "application/yaml"
        body = None
        if raw:
            body = yaml.load(raw, yaml.CSafeLoader) if is_yaml else json.loads(raw)
        call = Call(self.command, path, dict(pairs), body)
        with self.peer.lock:
            self.peer.calls.append(call)
            fault = self.peer.fault(call)
        if fault == "cut before":
            self.cut()
            return
        if fault == "500 before":
            self.tell(500, {"code": "INTERNAL_SERVER_ERROR", "status": 500, "detail": "no"})
            return
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            if len(dict(pairs)) != len(pairs):
                raise Problem(400, "repeated parameters", "BAD_REQUEST")
            status, value = self.peer.answer(call, token)
        except Problem as problem:
            status, value = problem.answer
        self.answer(status, value, fault)

    do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815 - the library's names

    def answer(self, status: int, value: Any, fault: str | None) -> None:
        values: dict[str | None, Any] = {
            "500": (500, {"code": "ERROR", "status": 500, "detail": "broken"}),
            "502": (502, {"detail": "broken"}),
            "list": (200, [1, None, "x"]),
            "no id": (status if status != 204 else 200, {"id": None, "_id": 5}),
        }
        if fault == "cut after":
            self.cut()
        elif fault == "cut during":
            self.wfile.write(f"HTTP/1.1 {status} Ok\r\nContent-Length: 100\r\n\r\n{{".encode())
            self.cut()
        elif fault == "HTML":
            self.send(200, b"<html><body>Log in</body></html>", "text/html")
        elif fault == "a megabyte":
            self.send(200, b'{"id": "' + b"x" * 5_000_000 + b'"}', "application/json")
        elif fault == "half":
            text = json.dumps(value if value is not None else {"id": "x"}).encode()
            self.send(status if status != 204 else 200, text[: len(text) // 2], "application/json")
        elif fault == "slow bytes":
            self.wfile.write(f"HTTP/1.1 {status} Ok\r\nContent-Length: 1000\r\n\r\n".encode())
            for _ in range(1000):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.tell(*values.get(fault, (status, value)))

    def cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        # Whoever reads sees the end, and not a time-out.
        self.connection.close()

    def tell(self, status: int, value: Any) -> None:
        """Answer in JSON if it is asked for, else in YAML."""
        if value is None:
            self.send(status, b"", None)
        elif "application/json" in self.headers.get("Accept", ""):
            self.send(status, json.dumps(value).encode(), "application/json")
        else:
            text = yaml.dump(value, Dumper=yaml.CSafeDumper)
            self.send(status, text.encode(), "application/yaml")

    def send(self, status: int, text: bytes, media_type: str | None) -> None:
        self.send_response(status)
        if media_type is not None:
            self.send_header("Content-Type", media_type)
        if status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main() -> None:
    """Play until Ctrl-C, in plain HTTP: `python -m tests.osm_peer 9999`."""
    stages = (
        (0, "Stage 1/5: preparation of the environment."),
        (6, STAGE),
        (12, "Stage 3/5: deployment of the proxy charms."),
    )
    osm = Osm(begins_after=6, ends_after=24, stages=stages)
    peer = OsmPeer(osm)
    peer.start(int(sys.argv[1]))
    told = 0
    try:
        while True:
            for call in osm.calls[told:]:
                told += 1
                print(call, flush=True)  # noqa: T201
            time.sleep(0.2)
    except KeyboardInterrupt:
        peer.stop()


if __name__ == "__main__":
    main()
