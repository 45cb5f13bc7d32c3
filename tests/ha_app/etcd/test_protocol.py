"""etcd3's messages, made anew from what its generated modules contain."""

import pytest

from ha_app.etcd.protocol import auth_pb2, kv_pb2, rpc_pb2, rpc_pb2_grpc, serialized_file


def test_a_message_of_messages_comes_back_as_it_was_written() -> None:
    put = rpc_pb2.PutRequest(key=b"/config/v2.0/x", value=b"\x00\xff", lease=7)
    request = rpc_pb2.TxnRequest(success=[rpc_pb2.RequestOp(request_put=put)])

    read = rpc_pb2.TxnRequest.FromString(request.SerializeToString())

    assert read == request
    assert read.success[0].request_put.value == b"\x00\xff"
    assert read.success[0].WhichOneof("request") == "request_put"


def test_bytes_on_the_wire_are_those_of_the_protocol() -> None:
    # Field 1, the key, of one byte; field 3, the lease, a varint of two bytes.
    assert rpc_pb2.PutRequest(key=b"k", lease=150).SerializeToString() == b"\x0a\x01k\x18\x96\x01"


def test_enumerations_have_their_numbers() -> None:
    assert (kv_pb2.Event.PUT, kv_pb2.Event.DELETE) == (0, 1)
    assert (rpc_pb2.Compare.EQUAL, rpc_pb2.Compare.CREATE) == (0, 1)
    assert auth_pb2.Permission.READWRITE == 2


def test_messages_of_one_file_are_fields_in_another() -> None:
    answer = rpc_pb2.RangeResponse(kvs=[kv_pb2.KeyValue(key=b"a", mod_revision=3)])

    assert answer.kvs[0].mod_revision == 3


def test_the_calls_are_of_these_messages() -> None:
    assert rpc_pb2_grpc.rpc__pb2 is rpc_pb2


def test_a_module_that_is_generated_otherwise_is_named() -> None:
    with pytest.raises(ValueError, match=r"no serialized_pb in the module: is this etcd3 0\.12\?"):
        serialized_file("DESCRIPTOR = AddSerializedFile(b'...')")
