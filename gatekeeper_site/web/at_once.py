"""Answers in the event loop what takes but a moment: hot reads, and new objects (api/hot_…)."""

import asyncio
from functools import cache
from io import BytesIO
from typing import Any

from gatekeeper_site.api import hot_writes
from gatekeeper_site.api.hot_reads import answering as hot_reads
from gatekeeper_site.api.hot_reads.resources import Question
from gatekeeper_site.core.lookups import NoAnswer
from gatekeeper_site.web.adapter import Answer, answer_of
from gatekeeper_site.web.lines import Lines
from gatekeeper_site.web.writes import Writes


@cache
def lines_of(loop: asyncio.AbstractEventLoop) -> tuple[Lines, Writes]:
    """Return the lines of a process: those by which it reads, and those by which it writes."""
    return Lines(loop), Writes(loop)


async def at_once(environ: dict[str, Any]) -> Answer | None:
    """Answer a call by its WSGI environment; None where a thread is to."""
    lines, writes = lines_of(asyncio.get_running_loop())

    async def row(asked: Question) -> Any:
        return await lines.row(asked.sql, asked.parameters, is_planned=asked.is_planned)

    try:
        if environ["REQUEST_METHOD"] == "POST":
            # What is made in vain has noted that it wakes a worker.
            if not writes.can_be_asked():
                return None
            answer = await hot_writes.answer_at_once(environ, lines.row, writes.row)
        else:
            answer = await hot_reads.answer_at_once(environ, row)
    except NoAnswer:
        return None
    if answer is None:
        return None
    return answer_of(answer.status, answer.headers, BytesIO(answer.body), len(answer.body))
