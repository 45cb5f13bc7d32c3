"""Claims the devices of HA objects, each of which serves one of them alone."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from gatekeeper_site.core.constraints import violates_primary_key
from gatekeeper_site.core.refusals import Conflict
from ha_app.models import DeviceClaim
from ha_app.services.orders import at


def claim_devices(claims: Mapping[str, Sequence[DeviceClaim]], code: str) -> None:
    """Store which devices new objects have; no other object can then have one of them.

    Call it in the transaction that stores the objects.

    Args:
        claims: the unsaved ones of each object, by the places of the orders.
        code: of the conflict.

    Raises:
        Conflict: an object has one of them already, or of these two have, or one has it twice.
    """
    refuse_twice(claims, code)
    every = [claim for of_object in claims.values() for claim in of_object]
    model = type(every[0])
    try:
        with transaction.atomic():
            # In one order everywhere, so that of two callers the second waits for the first, never
            # each for the other.
            model._default_manager.bulk_create(sorted(every, key=lambda claim: claim.device_id))
    except IntegrityError as error:
        if not violates_primary_key(error, model):
            raise
        device_ids = [claim.device_id for claim in every]
        found = model._default_manager.filter(pk__in=device_ids).values_list("pk", flat=True)
        refuse_taken(claims, set(found), code, error)
        raise


def refuse_twice(claims: Mapping[str, Sequence[DeviceClaim]], code: str) -> None:
    """Check that of new objects no two have the same device, and none has one twice.

    Raises:
        Conflict: with the code.
    """
    before: dict[UUID, str] = {}
    for place, of_object in claims.items():
        for claim in of_object:
            device_id = claim.device_id
            noun = claim._meta.verbose_name
            with at(place):
                if before.get(device_id) == place:
                    detail = f"The {noun} {device_id} cannot be both the primary and the secondary."
                    raise Conflict(code, detail)
                if device_id in before:
                    raise Conflict(code, f"The {noun} {device_id} is that of {before[device_id]}.")
            before[device_id] = place


def refuse_taken(
    claims: Mapping[str, Sequence[DeviceClaim]],
    taken: Collection[UUID],
    code: str,
    error: IntegrityError,
) -> None:
    """Refuse the first order one of whose devices is taken, naming those.

    Raises:
        Conflict: with the code.
    """
    for place, of_object in claims.items():
        messages = [
            f"The {claim._meta.verbose_name} {claim.device_id} is taken already."
            for claim in of_object
            if claim.device_id in taken
        ]
        if messages:
            with at(place):
                raise Conflict(code, " ".join(messages)) from error
