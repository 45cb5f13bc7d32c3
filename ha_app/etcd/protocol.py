"""etcd's messages and calls, as etcd3 has them.

etcd3 0.12 is the newest, and its generated modules are in a form that protobuf has not loaded
since version 4. What they describe is in them all the same, as the bytes of the compiled .proto
files: these are read here, and protobuf makes of them the classes that it would make of modules
generated today. No other file knows of it.
"""

import ast
import importlib.metadata
import sys
from pathlib import Path
from types import ModuleType

from google.protobuf import descriptor_pool
from google.protobuf.internal import builder

# In this order: the last one's messages contain those of the others.
GENERATED = ("kv_pb2", "auth_pb2", "rpc_pb2")


def serialized_file(source: str) -> bytes:
    """Return the compiled .proto file that is in the source of a generated module.

    Raises:
        ValueError: there is none, as in modules that are generated otherwise.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "serialized_pb":
            match node.value:
                case ast.Call(args=[ast.Constant(value=str(text))]):
                    return text.encode("latin-1")
    raise ValueError("no serialized_pb in the module: is this etcd3 0.12?")


def load(name: str) -> None:
    """Put in the place of a generated module what it describes."""
    distribution = importlib.metadata.distribution("etcd3")
    source = Path(str(distribution.locate_file(f"etcd3/etcdrpc/{name}.py"))).read_text("utf-8")
    module = ModuleType(f"etcd3.etcdrpc.{name}")
    descriptor = descriptor_pool.Default().AddSerializedFile(serialized_file(source))
    builder.BuildMessageAndEnumDescriptors(descriptor, module.__dict__)
    builder.BuildTopDescriptorsAndMessages(descriptor, module.__name__, module.__dict__)
    sys.modules[module.__name__] = module


for generated in GENERATED:
    load(generated)

# Only now: these would load the generated modules.
from etcd3.etcdrpc import auth_pb2, kv_pb2, rpc_pb2, rpc_pb2_grpc  # noqa: E402

__all__ = ["auth_pb2", "kv_pb2", "rpc_pb2", "rpc_pb2_grpc"]
