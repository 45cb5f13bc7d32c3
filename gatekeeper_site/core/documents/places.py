"""Where in a text what a fault names stands, as people read documents by their lines."""

import re
from collections.abc import Iterable, Iterator

import yaml

from gatekeeper_site.core.documents.faults import written_path

LAST_STEP = re.compile(r"(?:\.[^.\[\]]*|\[\d+\])\Z|\A[^.\[\]]*\Z")


def lines_of(text: str, paths: Iterable[str]) -> dict[str, int]:
    """Return the line, from 1, of each path of a document that was read from a text.

    Of what is missing it is the line of what lacks it. A path is left out where the text cannot be
    walked, as JSON that is indented by tabs.

    Args:
        text: JSON or YAML, as `read_document` has read it.
        paths: as faults have them: `network_functions[0].vnf_id`.
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    lines = dict(walked(root))
    found = {}
    for path in paths:
        nearest = path
        while nearest and nearest not in lines:
            nearest = LAST_STEP.sub("", nearest)
        if nearest in lines:
            found[path] = lines[nearest]
    return found


def walked(root: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield each path below a node with its line; what an alias names, where it stands first."""
    # The next is the last, so that all comes in the order of the text.
    waiting: list[tuple[tuple[str | int, ...], yaml.Node, int]] = []
    if root is not None:
        waiting.append(((), root, root.start_mark.line + 1))
    seen: set[int] = set()
    while waiting:
        steps, node, line = waiting.pop()
        yield written_path(steps), line
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in reversed(node.value):
                waiting.append(((*steps, str(key.value)), value, key.start_mark.line + 1))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in reversed(list(enumerate(node.value))):
                waiting.append(((*steps, index), value, value.start_mark.line + 1))
