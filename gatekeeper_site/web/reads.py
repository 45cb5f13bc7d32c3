"""Answers in the event loop what a few statements of a moment answer (api/hot_reads)."""

import asyncio
from functools import cache
from io import BytesIO
from typing import Any

from gatekeeper_site.api.hot_reads.answering import answer_at_once
from gatekeeper_site.api.hot_reads.resources import Question
from gatekeeper_site.web.adapter import Answer, answer_of
from gatekeeper_site.web.lines import Lines, NoAnswer


@cache
def lines_of(loop: asyncio.AbstractEventLoop) -> Lines:
    """Return the lines of a process."""
    return Lines(loop)


async def at_once(environ: dict[str, Any]) -> Answer | None:
    """Answer a call by its WSGI environment; None where a thread is to."""
    lines = lines_of(asyncio.get_running_loop())

    async def row(asked: Question) -> Any:
        return await lines.row(asked.sql, asked.parameters, is_planned=asked.is_planned)

    try:
        answer = await answer_at_once(environ, row)
    except NoAnswer:
        return None
    if answer is None:
        return None
    return answer_of(answer.status, answer.headers, BytesIO(answer.body), len(answer.body))
