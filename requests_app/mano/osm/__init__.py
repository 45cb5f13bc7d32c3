"""ETSI OSM over its northbound interface (NBI): sends orders; `following.py` asks how they go.

Source: contract, mano-osm.md. `nbi` makes the calls, `delivery.py` knows what must not be done
twice, `orders.py` keeps what is known between two calls, `answers.py` says what answers mean.
"""

from records_app.models import DescriptorFormat
from requests_app import states
from requests_app.mano.osm import delivery, orders
from requests_app.mano.osm.asking import running
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear
from requests_app.mano.protocol import NotSent, Order, OutcomeUnknown
from requests_app.models import OsmOrder

__all__ = ["running", "send"]

FORMATS = frozenset({DescriptorFormat.SOL006})
CAN_UPDATE = False
CAN_BE_ASKED = True
# What may have been done is looked up first.
IS_REPEATABLE = True
# Handing one over takes several calls. So many are given to an NBI that is away, and tried again.
ACCEPTED_PER_SECOND = 2


def send(order: Order) -> None:
    """Have OSM begin what is ordered, whatever of it was done before.

    Raises:
        NotSent: nothing runs by it, nor will.
        OutcomeUnknown: it may run, or somebody else is about to send it.
    """
    row = orders.claim(order.request_id)
    if row is None:
        raise OutcomeUnknown("another process is about to send it, or was killed while it did so")
    session = Session(orders.session_seconds())
    try:
        deliver(session, row, order)
    except (NotDone, Unclear, orders.TooLate) as error:
        if row.sent_at is not None:
            raise OutcomeUnknown(f"OSM may do it: {error}") from error
        raise NotSent(f"OSM: {error}") from error
    finally:
        session.close()
        orders.release(row)


def deliver(session: Session, row: OsmOrder, order: Order) -> None:
    """Hand an order over, and apply that OSM has accepted or refused it."""
    try:
        if order.request_type == states.TERMINATE:
            if row.instance_id is None:
                orders.note(row, instance_id=delivery.instance_of(order))
            operation_id = delivery.terminate(session, row)
        else:
            operation_id = delivery.instantiate(session, row, order)
    except Refused as error:
        orders.end(row)
        orders.say(row, {"refused": f"OSM refuses: {error}"})
        return
    except delivery.Gone as error:
        orders.say(row, {"gone": str(error)})
        row.delete()
        return
    if row.step != OsmOrder.Step.FOLLOW:
        orders.note_operation(row, operation_id)
    orders.say(row, {"accepted": operation_id, "operation": {"id": operation_id}})
