"""What django-q runs: each loads, calls a service, and is safe to run twice."""

from uuid import UUID

from gatekeeper_site.work.queue import task
from requests_app import services


@task
def attend_request(request_id: str) -> None:
    """Hand a request over, or end it at its deadline."""
    services.attend_request(request_id=UUID(request_id))


@task
def send_callback(delivery_id: str) -> None:
    """Tell a customer's system of a change."""
    services.send_callback(delivery_id=UUID(delivery_id))


@task
def take_simulator_step(request_id: str, step: int) -> None:
    """Give the simulator's next answer to a request."""
    services.take_simulator_step(request_id=UUID(request_id), step=step)
