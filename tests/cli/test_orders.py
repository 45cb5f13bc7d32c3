"""Commands against a running server: orders, records, HA objects, lists, tokens."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import yaml

from tests.cli.conftest import PACKAGES, Result, Run, started
from tests.fixtures import DEMO_SERVICE, TENANT
from tests.nasty_servers import nasty_server, read_request
from tests.preloaded import PROJECT
from tests.processes import Gatekeeper, wait_until
from tests.requests_app.remote import sql

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("as_admin")]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def ok(result: Result) -> Result:
    assert result.status == 0, result.err
    return result


def new_router(run: Run, name: str) -> str:
    created = run(
        *("ha-router", "create", "--name", name, "--tenant", TENANT),
        *("--primary-router", uuid4(), "--secondary-router", uuid4()),
        *("--wait", "-o", "value", "--fields", "id,status"),
    )
    key, status = ok(created).values
    assert status == "ACTIVE"
    return key


def test_an_order_by_name_is_followed_to_its_end(run: Run) -> None:
    result = ok(
        run(
            *("request", "create", "--service", "sonata-demo", "--follow", "-o", "json"),
            *("--ingress", "Porto=10.100.10.100/24", "--egress", "Lisboa=10.100.10.0/24"),
        )
    )

    request = json.loads(result.out)
    assert (request["status"], request["service_uuid"]) == ("READY", str(DEMO_SERVICE))
    assert request["ingresses"] == [{"location": "Porto", "nap": "10.100.10.100/24"}]
    assert request["egresses"] == [{"location": "Lisboa", "nap": "10.100.10.0/24"}]
    told = [line.split(maxsplit=1)[1] for line in result.err.splitlines()]
    assert [word.split(":")[0] for word in told] == ["NEW", "INSTANTIATING", "READY"]


def test_an_instance_is_listed_shown_and_terminated_once(run: Run) -> None:
    ordered = run(
        *("request", "create", "--service", "eu.sonata-nfv/sonata-demo/0.1"),
        *("--wait", "-o", "value", "--fields", "service_instance_uuid"),
    )
    [instance] = ok(ordered).values
    assert ordered.err == ""

    shown = yaml.safe_load(ok(run("record", "service", "show", instance, "-o", "yaml")).out)
    checked = run("record", "service", "sync", instance, "--check", "--fields", "in_sync,error")
    ended = run("record", "service", "terminate", instance, "--wait", "--fields", "status")
    again = run("record", "service", "terminate", instance)
    listed = ok(run("record", "service", "list", "-f", "status=terminated", "-o", "value"))

    assert (shown["uuid"], shown["status"]) == (instance, "normal operation")
    assert ok(checked).out == "in_sync  true\nerror\n"
    assert ok(ended).out == "status  READY\n"
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith("gatekeeper: The service instance ")
    assert again.err.endswith("(instance_terminated)\n")
    assert instance in [line.split("\t")[0] for line in listed.values]


def test_an_order_that_fails_says_why_and_is_a_failure(run: Run, tmp_path: Path) -> None:
    function, service = descriptors(tmp_path, "failing", "simulator:fail")
    ok(run("function", "onboard", function))
    ok(run("service", "onboard", service, "-o", "value", "--fields", "uuid"))

    failed = run("request", "create", "--service", "failing", "--wait", "--fields", "status")
    repeated = run("function", "onboard", function)

    assert (failed.status, failed.out) == (1, "status  ERROR\n")
    assert failed.err.startswith("gatekeeper: The request has failed: ")
    assert repeated.status == 1 and str(function) in repeated.err
    assert "(descriptor_exists)" in repeated.err


def test_every_stage_is_told_however_many_there_are(run: Run, server: Gatekeeper) -> None:
    ordered = run("request", "create", "--service", DEMO_SERVICE, "--wait", "--fields", "id")
    request_id = ok(ordered).out.split()[1]
    sql(
        server,
        "INSERT INTO requests_app_requestevent"
        " (at, from_status, to_status, actor, message, request_id)"
        " WITH RECURSIVE stages(number) AS"
        " (SELECT 1 UNION ALL SELECT number + 1 FROM stages WHERE number < 60)"
        " SELECT updated_at, 'INSTANTIATING', 'INSTANTIATING', 'mano', 'stage ' || number, id"
        f" FROM stages, requests_app_request WHERE id = '{request_id.replace('-', '')}'",
    )

    followed = ok(run("request", "follow", request_id, "--fields", "status"))

    assert followed.out == "status  READY\n"
    told = [line.split(maxsplit=1)[1] for line in followed.err.splitlines()]
    assert told[:2] == ["NEW", "INSTANTIATING"]
    assert told[-60:] == [f"INSTANTIATING: stage {number}" for number in range(1, 61)]


def test_a_callback_is_sent_once_more(run: Run, server: Gatekeeper) -> None:
    ordered = run(
        *("request", "create", "--service", DEMO_SERVICE, "--wait", "--fields", "id"),
        *("--callback", "http://receiver.invalid/changes"),
    )
    request_id = ok(ordered).out.split()[1]
    listed = run("request", "callbacks", request_id, "-o", "value", "--fields", "id")
    callback = ok(listed).values[0]
    name = callback.replace("-", "")
    ended = f"outcome = 'FAILED' WHERE id = '{name}'"
    sql(server, f"UPDATE requests_app_callbackdelivery SET due_at = NULL, {ended}")

    again = run("request", "redeliver", request_id, callback, "--fields", "id,outcome")
    pending = run("request", "redeliver", request_id, callback)

    assert ok(again).out.split() == ["id", callback, "outcome", "PENDING"]
    assert (pending.status, pending.out) == (1, "")
    assert "(delivery_pending)" in pending.err
    assert run("request", "redeliver", request_id, uuid4()).status == 1


def test_an_order_whose_answer_is_lost_is_sent_again_and_done_once(
    run: Run, server: Gatekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = total(run, "request")

    def lost(own: socket.socket) -> None:
        pass_on(own, server, is_lost=True)

    with nasty_server(lost, lambda own: pass_on(own, server)) as proxy:
        monkeypatch.setenv("GATEKEEPER_URL", proxy.url)
        result = run("request", "create", "--service", DEMO_SERVICE, "-v", "--wait")
        monkeypatch.setenv("GATEKEEPER_URL", server.url)

    assert ok(result).out.startswith("id ")
    assert "has ended the connection amid the call" in result.err
    assert total(run, "request") == before + 1


def total(run: Run, noun: str) -> int:
    return len(ok(run(noun, "list", "--all", "-o", "value")).values)


def pass_on(own: socket.socket, server: Gatekeeper, *, is_lost: bool = False) -> None:
    """Have the server answer a call, and lose the answer if it is to be."""
    address = urlsplit(server.url)
    asked = read_request(own).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    with socket.create_connection((address.hostname, address.port)) as other:
        other.sendall(re.sub(rb"(?i)\r\nconnection: keep-alive", b"", asked))
        answer = b""
        while data := other.recv(65536):
            answer += data
    if not is_lost:
        own.sendall(answer)
    own.close()


def descriptors(directory: Path, name: str, image: str) -> tuple[Path, Path]:
    """Write a function with such an image, and a service of it; return the files."""
    function, service = directory / "function.yml", directory / "service.json"
    function.write_text(
        f"""
descriptor_version: "vnfd-schema-01"
vendor: "example"
name: "{name}-vnf"
version: "0.1"
virtual_deployment_units:
  - id: "vdu01"
    vm_image: "{image}"
    resource_requirements: {{cpu: {{vcpus: 1}}, memory: {{size: 512, size_unit: "MB"}}}}
"""
    )
    vnf = {"vnf_id": "a", "vnf_vendor": "example", "vnf_name": f"{name}-vnf", "vnf_version": "0.1"}
    nsd = {"descriptor_version": "1", "vendor": "example", "name": name, "version": "0.1"}
    service.write_text(json.dumps(nsd | {"network_functions": [vnf]}))
    return function, service


def test_names_that_are_several_things_are_listed(run: Run) -> None:
    ids = sorted(new_router(run, "twin") for _ in range(2))

    shown = run("ha-router", "show", "twin")
    absent = run("ha-router", "show", "nobody")
    by_id = run("ha-router", "show", ids[0], "--fields", "name")

    assert (shown.status, shown.out) == (1, "")
    assert sorted(UUID.findall(shown.err)) == sorted(UUID.findall(" ".join(ids)))
    assert all(each in shown.err for each in ids)
    assert (absent.status, absent.err) == (1, "gatekeeper: There is no HA router named 'nobody'.\n")
    assert ok(by_id).out == "name  twin\n"


def test_a_gateway_takes_a_vlan_and_gives_it_back(run: Run) -> None:
    new_router(run, "edge")
    interface = run(
        *("ha-interface", "create", "--ha-router", "edge", "--name", "north", "--tenant", TENANT),
        *("--link-type", "downlink", "--primary-interface", uuid4()),
        *("--secondary-interface", uuid4(), "--restricted-vlans", "0-1024,4094"),
        *("--maximum-ga-bandwidth", 500, "--wait", "--fields", "status,vlan_ids_available"),
    )
    assert ok(interface).out == "status              ACTIVE\nvlan_ids_available  3069\n"
    gateway = run(
        *("gateway", "create", "--ha-router", "edge", "--service-type", "internet"),
        *("--name", "office", "--tenant", TENANT, "-o", "value", "--fields", "vlan_id", "--wait"),
    )
    assert ok(gateway).out == "1025\n"

    changed = run("gateway", "set", "office", "--qos-type", "guarantee", "--bandwidth", 10)
    vlans = run("ha-interface", "vlans", "north", "--fields", "available,free", "-o", "json")
    in_use = run("ha-interface", "delete", "north")
    ok(run("gateway", "delete", "office", "--wait"))
    left = run(
        "ha-interface",
        "list",
        "-f",
        "ha_router_id=edge",
        "-o",
        "value",
        "--fields",
        "vlan_ids_available,available_ga_bandwidth",
    )

    assert "bandwidth              10\n" in ok(changed).out
    assert json.loads(ok(vlans).out) == {"available": 3068, "free": "1026-4093"}
    assert in_use.status == 1 and "office" in in_use.err and "(in_use)" in in_use.err
    assert ok(left).out == "3069\t500\n"
    assert run("gateway", "set", "office").status == 2
    assert run("gateway", "show", "office").status == 1


def test_gohans_client_prints_what_the_seeds_print(run: Run) -> None:
    key = new_router(run, "sample-ha-router")
    ok(run("ha-router", "set", key, "--description", "sample_ha_router", "--wait"))

    result = ok(run("client", "ha_router", "show", "--output-format", "json", key))

    seed = json.loads((PROJECT / "tests/seeds/ha_router.json").read_text())["shown"]
    assert apart_from_ids(result.out) == apart_from_ids(json.dumps(seed, indent=4))


def apart_from_ids(text: str) -> str:
    return UUID.sub("an id", text.strip())


def test_all_pages_are_read_and_a_part_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper_cli.lists.PAGE", 2)
    for _ in range(3):
        ok(run("request", "create", "--service", DEMO_SERVICE))

    part = ok(run("request", "list", "--limit", 2, "-o", "value", "--fields", "id"))
    whole = ok(run("request", "list", "--all", "-o", "value", "--fields", "id"))

    assert part.values == whole.values[:2]
    assert len(set(whole.values)) == len(whole.values) >= 3
    assert part.err == f"2 of {len(whole.values)} requests; --all prints all.\n"
    assert whole.err == ""
    assert run("request", "list", "--all", "--limit", 2).status == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("request", "list", "-f", "colour=red"), "There is no filter 'colour'; there are: "),
        (("request", "list", "-f", "status=GREEN"), "'GREEN' is no status; expected: ERROR, "),
        (("request", "list", "-f", "status"), "'status' is not of the form name=value"),
        (("request", "list", "-f", "created_at__gte=noon"), "expected: a time such as "),
        (("request", "list", "--limit", "0"), "--limit"),
        (("request", "list", "--fields", ","), "names nothing"),
        (("request", "create", "--service", "x", "--ingress", "Porto"), "LOCATION=NAP"),
        (("request", "create"), "Missing option '--service'. See: gatekeeper request create"),
        (("request", "crate"), "No such command 'crate'"),
        (("request", "show", "x", "--key", "y"), "No such option: --key"),
        (("request", "cancel", "x", "--key", "ä"), "visible ASCII"),
        (("service", "onboard", "/nowhere/at/all"), "/nowhere/at/all cannot be read: "),
        (("ha-router", "list", "--url", "ftp://x"), "'ftp://x' is no URL"),
        (("gateway", "delete", ""), "this one is empty"),
        (("request", "create", "--service", " "), "this one is empty"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line_and_status_2(
    run: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = run(*arguments)

    assert (result.status, result.out) == (2, "")
    assert words in result.err
    assert result.err.startswith("gatekeeper: ") and result.err.count("\n") == 1


def test_what_the_server_refuses_is_one_line_and_status_1(run: Run) -> None:
    router = run("ha-router", "create", "--primary-router", "x", "--secondary-router", "y")
    unknown = run("request", "show", uuid4())

    assert (router.status, router.out) == (1, "")
    assert router.err.count("\n") == 1
    assert "primary_router_id: 'x' is not a UUID" in router.err
    assert (unknown.status, unknown.err.count("\n")) == (1, 1)


def test_tokens_are_made_listed_and_revoked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(
        *("token", "create", "--user", "cli-ann", "--role", "viewer", "--tenant", TENANT),
        *("--days", 1, "-o", "value", "--fields", "token,id"),
    )
    token, key = ok(made).values
    admin = os.environ["GATEKEEPER_TOKEN"]

    monkeypatch.setenv("GATEKEEPER_TOKEN", token)
    who = yaml.safe_load(ok(run("whoami", "-o", "yaml")).out)
    denied = run("token", "list")
    refused = run("request", "create", "--service", DEMO_SERVICE)
    monkeypatch.setenv("GATEKEEPER_TOKEN", admin)
    ok(run("token", "revoke", key))
    listed = ok(run("token", "list", "-f", "user=cli-ann", "-o", "json"))
    monkeypatch.setenv("GATEKEEPER_TOKEN", token)
    ended = run("whoami")

    assert (who["user"], who["role"], who["tenant"]) == ("cli-ann", "viewer", TENANT)
    assert (denied.status, refused.status, ended.status) == (4, 4, 4)
    assert json.loads(listed.out)[0]["revoked_at"] is not None
    assert "does not accept the token of GATEKEEPER_TOKEN" in ended.err
    assert token not in listed.out + denied.err + refused.err + ended.err


def test_the_audit_and_v_show_what_was_called(run: Run) -> None:
    result = ok(run("audit", "-f", "object_type=request", "--limit", 1, "-v", "-o", "json"))

    [entry] = json.loads(result.out)
    assert entry["object_type"] == "request"
    called = next(line for line in result.err.splitlines() if line.startswith("GET "))
    assert "/audit?" in called and " 200 in " in called
    assert os.environ["GATEKEEPER_TOKEN"] not in result.err


def test_ctrl_c_while_following_ends_the_command_alone(run: Run, tmp_path: Path) -> None:
    function, service = descriptors(tmp_path, "sleepy", "simulator:slow/600")
    ok(run("function", "onboard", function))
    ok(run("service", "onboard", service))
    [key] = ok(
        run("request", "create", "--service", "sleepy", "-o", "value", "--fields", "id")
    ).values

    process = started("request", "follow", key)
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=60)

    assert first.split()[1].startswith("NEW")
    assert (process.returncode, out) == (130, "")
    assert f"gatekeeper request follow {key}" in rest
    assert "Traceback" not in rest
    request = json.loads(ok(run("request", "show", key, "-o", "json")).out)
    assert request["state"] != "ERROR"


def test_an_output_that_is_closed_is_as_good_as_dev_null() -> None:
    command = f"{sys.executable} -m gatekeeper_cli service list >&-"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, PACKAGES))}

    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=environment, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_and_a_closed_pipe_are_no_traceback() -> None:
    with Path("/dev/full").open("w") as full:
        unwritten = started("service", "list", stdout=full)
        _, said = unwritten.communicate(timeout=60)
        order = started("request", "create", "--service", str(DEMO_SERVICE), stdout=full)
        _, said_of_order = order.communicate(timeout=60)
    unread = started("service", "list", "-o", "json")
    unread.stdout.close()
    silent = unread.stderr.read()

    assert (unwritten.returncode, said.count("\n")) == (1, 1)
    assert said.startswith("gatekeeper: Cannot write")
    # And an order that was taken is not taken for refused
    assert order.returncode == 1
    assert re.fullmatch(
        r"gatekeeper: The request [0-9a-f-]{36} was taken, but its answer was not written: "
        r"No space left on device\.\n",
        said_of_order,
    )
    assert (unread.wait(60), silent) == (141, "")


def test_a_paused_mano_gets_its_orders_when_it_is_resumed(run: Run) -> None:
    paused = run("mano", "pause", "--reason", "works", "--fields", "state,reason")
    try:
        [key] = ok(
            run("request", "create", "--service", DEMO_SERVICE, "-o", "value", "--fields", "id")
        ).values
        shown = run("mano", "show", "-o", "json", "--fields", "state,waiting")
        waiting = run("request", "show", key, "--fields", "status")
    finally:
        # The server is everybody's.
        resumed = run("mano", "resume")
    ok(resumed)
    ended = run("request", "follow", key, "--fields", "status")

    assert ok(paused).out == "state   paused\nreason  works\n"
    assert json.loads(ok(shown).out)["state"] == "paused"
    assert json.loads(shown.out)["waiting"] >= 1
    assert ok(waiting).out == "status  NEW\n"
    assert ok(ended).out == "status  READY\n"
    assert run("mano", "pause").status == 2


def test_what_does_not_end_is_given_up_and_its_case_is_closed(run: Run, tmp_path: Path) -> None:
    function, service = descriptors(tmp_path, "silent", "simulator:silent")
    ok(run("function", "onboard", function))
    ok(run("service", "onboard", service))
    [key] = ok(
        run("request", "create", "--service", "silent", "-o", "value", "--fields", "id")
    ).values
    wait_until(lambda: "INSTANTIATING" in run("request", "show", key).out, what="its begin")

    given_up = run("request", "give-up", key, "--reason", "it is silent", "--fields", "status")
    case = run("request", "case", key, "--assignee", "admin", "--note", "seen", "-o", "json")
    closed = run("request", "case", key, "--close", "accepted", "--fields", "state,resolution")
    shown = run("request", "case", key, "-o", "json")
    again = run("request", "give-up", key, "--reason", "again")

    assert ok(given_up).out == "status  ERROR\n"
    opened = json.loads(ok(case).out)
    assert (opened["assignee"], opened["state"]) == ("admin", "open")
    assert ok(closed).out == "state       closed\nresolution  accepted\n"
    assert [note["text"] for note in json.loads(ok(shown).out)["notes"]][-1:] == ["seen"]
    assert again.status == 1 and "(not_in_progress)" in again.err
    assert run("request", "clean-up", key).status == 1  # the simulator's are nowhere
    assert run("request", "case", key, "--close", "accepted", "--reopen").status == 2


def test_who_has_closed_the_outputs_hears_nothing() -> None:
    command = started("service", "list", preexec_fn=lambda: (os.close(1), os.close(2)))

    assert command.wait(60) == 0
