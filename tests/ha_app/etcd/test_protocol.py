"""etcd's messages, as they are generated from etcd.proto."""

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto

from ha_app.etcd.protocol import etcd_pb2
from tests.processes import PROJECT

PROTOCOL = Path("ha_app/etcd/protocol")


def test_the_generated_modules_are_those_of_the_proto_file(tmp_path: Path) -> None:
    outputs = [f"--python_out={tmp_path}", f"--grpc_python_out={tmp_path}"]

    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I.", *outputs, PROTOCOL / "etcd.proto"],
        cwd=PROJECT,
        check=True,
    )

    for name in ("etcd_pb2.py", "etcd_pb2_grpc.py"):
        generated = (tmp_path / PROTOCOL / name).read_text()
        assert (PROJECT / PROTOCOL / name).read_text() == generated, name


def test_a_message_of_messages_comes_back_as_it_was_written() -> None:
    put = etcd_pb2.PutRequest(key=b"/config/v2.0/x", value=b"\x00\xff", lease=7)
    request = etcd_pb2.TxnRequest(success=[etcd_pb2.RequestOp(request_put=put)])

    read = etcd_pb2.TxnRequest.FromString(request.SerializeToString())

    assert read == request
    assert read.success[0].request_put.value == b"\x00\xff"
    assert read.success[0].WhichOneof("request") == "request_put"


def test_bytes_on_the_wire_are_those_of_the_protocol() -> None:
    # Field 1, the key, of one byte; field 3, the lease, a varint of two bytes.
    assert etcd_pb2.PutRequest(key=b"k", lease=150).SerializeToString() == b"\x0a\x01k\x18\x96\x01"


def test_enumerations_have_their_numbers() -> None:
    assert (etcd_pb2.Event.PUT, etcd_pb2.Event.DELETE) == (0, 1)
    assert (etcd_pb2.Compare.EQUAL, etcd_pb2.Compare.CREATE) == (0, 1)


def test_what_etcd_sends_beyond_it_is_skipped() -> None:
    # Field 2 of a header is the member's id, which is not read here.
    header = etcd_pb2.ResponseHeader.FromString(b"\x08\x05\x10\x07\x18\x09")

    assert (header.cluster_id, header.revision) == (5, 9)


def etcd3_messages() -> dict[str, DescriptorProto]:
    """Return the messages that the package etcd3 has, by name.

    Its generated modules are of a form that protobuf has not loaded since version 4; the compiled
    .proto files are in them all the same.
    """
    messages: dict[str, DescriptorProto] = {}
    for name in ("kv_pb2", "rpc_pb2"):
        distribution = importlib.metadata.distribution("etcd3")
        source = Path(str(distribution.locate_file(f"etcd3/etcdrpc/{name}.py"))).read_text("utf-8")
        [compiled] = [
            node.value.args[0].value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.keyword) and node.arg == "serialized_pb"
        ]
        file = FileDescriptorProto.FromString(compiled.encode("latin-1"))
        messages |= {message.name: message for message in file.message_type}
    return messages


def test_names_numbers_and_types_are_those_that_etcd3_has() -> None:
    ours = FileDescriptorProto()
    etcd_pb2.DESCRIPTOR.CopyToProto(ours)
    theirs = etcd3_messages()

    for message in ours.message_type:
        known = {field.name: field for field in theirs[message.name].field}
        for field in message.field:
            wanted = known[field.name]
            assert (field.number, field.type, field.label) == (
                wanted.number,
                wanted.type,
                wanted.label,
            ), f"{message.name}.{field.name}"
    assert len(ours.message_type) == 25
