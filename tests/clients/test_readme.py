"""The examples of the clients' README files run as they are printed."""

import re

import pytest

from tests.processes import PROJECT, Gatekeeper


def test_the_examples_of_the_python_client_run(
    server: Gatekeeper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (PROJECT / "clients" / "python" / "README.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setenv("GATEKEEPER_URL", server.url)
    monkeypatch.setenv("GATEKEEPER_TOKEN", server.admin_token)

    names: dict[str, object] = {}
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)

    assert len(examples) >= 6
    assert "READY" in capsys.readouterr().out.splitlines()
