"""Lets the simulator answer: each step of its work is a task, harmless when run twice."""

from uuid import UUID

from requests_app.mano import simulator
from requests_app.services.answers import apply_answer

sweep_simulated_orders = simulator.sweep


def take_simulator_step(*, request_id: UUID, step: int) -> None:
    """Give the answer of a step, and of those that follow it at once."""
    next_step: int | None = step
    while next_step is not None:
        message = simulator.answer_of_step(request_id, next_step)
        if message is None:
            return
        apply_answer(request_id=request_id, message=message)
        next_step = simulator.note_step(request_id, next_step)
