"""The faults that a descriptor asks of the simulated MANO, and the answers that come of them.

Source: the contract's section "MANO". A fault is asked for by the `vm_image` of a VDU, or the
`image` of a cloud-native unit; several units may ask for several.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

# Which member of a unit names its image, by kind of unit.
IMAGES = {"virtual_deployment_units": "vm_image", "cloudnative_deployment_units": "image"}
SLOW_IMAGE = re.compile(r"simulator:slow/([0-9]{1,6})")


@dataclass(frozen=True)
class Faults:
    """What the simulated MANO shall do wrong; by default nothing."""

    fail: bool = False  # the final answer is an error
    silent: bool = False  # accepts, never finishes
    deaf: bool = False  # never answers at all
    duplicate: bool = False  # gives each answer twice
    reorder: bool = False  # gives the final answer before the acknowledgement
    drift: bool = False  # an address changes 10 s after READY
    vanish: bool = False  # the instance is gone 10 s after READY
    slow_seconds: int | None = None  # from the order to the final answer


class Step(NamedTuple):
    """One answer of the simulated MANO, so long after the one before it (or after the order)."""

    delay_seconds_after_previous: float
    answer: Literal["accept", "succeed", "fail"]


def faults_of(vnfds: list[dict[str, Any]]) -> Faults:
    """The faults that these checked VNFDs ask for; of several `slow/N` the slowest.

    An image that is none of the contract's is an ordinary image, `slow/` with more than six
    digits included.
    """
    images = {
        unit.get(member, "")
        for vnfd in vnfds
        for units, member in IMAGES.items()
        for unit in vnfd.get(units, [])
    }
    slow_images = [match for image in images if (match := SLOW_IMAGE.fullmatch(image))]
    return Faults(
        fail="simulator:fail" in images,
        silent="simulator:silent" in images,
        deaf="simulator:deaf" in images,
        duplicate="simulator:duplicate" in images,
        reorder="simulator:reorder" in images,
        drift="simulator:drift" in images,
        vanish="simulator:vanish" in images,
        slow_seconds=max((int(match[1]) for match in slow_images), default=None),
    )


def schedule(faults: Faults, step_seconds: float) -> list[Step]:
    """The answers to one order, in the order in which they come.

    Normally it is accepted after `step_seconds` and finished after as many again. Faults combine:
    `deaf` outweighs all others, `silent` those of the final answer; with `reorder` the
    acknowledgement comes one step after the final answer.
    """
    if faults.deaf:
        return []
    finish_seconds = 2 * step_seconds if faults.slow_seconds is None else faults.slow_seconds
    accept_seconds = min(step_seconds, finish_seconds)
    final: Literal["succeed", "fail"] = "fail" if faults.fail else "succeed"
    if faults.silent:
        steps = [Step(accept_seconds, "accept")]
    elif faults.reorder:
        steps = [Step(finish_seconds, final), Step(step_seconds, "accept")]
    else:
        steps = [Step(accept_seconds, "accept"), Step(finish_seconds - accept_seconds, final)]
    if faults.duplicate:
        steps = [each for step in steps for each in (step, Step(0, step.answer))]
    return steps
