"""Tasks by the names that the version before enqueued: what lies in the queue at an upgrade runs.

To be deleted with the next version: nothing enqueues them any more.
"""

from typing import Any
from uuid import UUID

from gatekeeper_site.work.queue import run_task


def attend_request(request_id: str, **sent: Any) -> None:
    """Hand a request over, or end it at its deadline."""
    run_task(UUID(request_id), function="requests_app.services.handover.attend_request", **sent)


def send_callback(delivery_id: str, **sent: Any) -> None:
    """Tell a customer's system of a change."""
    run_task(UUID(delivery_id), function="requests_app.services.callbacks.send_callback", **sent)


def take_simulator_step(request_id: str, step: int, **sent: Any) -> None:
    """Give the simulator's next answer to a request."""
    run_task(UUID(request_id), step, function="requests_app.mano.simulator.take_step", **sent)
