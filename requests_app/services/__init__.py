"""The only writers of a request's status, each call one transaction.

`submit` takes orders, `retry` failed ones once more, `handover` gives them to the MANO, `answers`
applies what it says, `dead_letters` has what operators do with what cannot be applied, `by_hand`
what they do with a request, `cases` what they do about one that failed, `clean_up` with what that
has left, `transitions` the one function that writes a status and what else ends a request.
"""

from requests_app.services.answers import (
    UNUSABLE,
    apply_answer,
    apply_answers,
    keep_unreadable_answer,
)
from requests_app.services.by_hand import set_status
from requests_app.services.callbacks import redeliver, send_callback, sweep_callbacks
from requests_app.services.cases import change_case
from requests_app.services.clean_up import clean_up_request, has_left_something
from requests_app.services.dead_letters import settle_dead_letter
from requests_app.services.handover import (
    attend_request,
    sweep_requests,
    unaccepted_beyond_limit,
)
from requests_app.services.pausing import mano_state, paused_states, set_mano_state
from requests_app.services.retry import retry_request
from requests_app.services.submit import CREATION, submit_request
from requests_app.services.sync import (
    adopt_running,
    order_check,
    sweep_checks,
    sweep_new_instances,
    unable_to_ask,
)
from requests_app.services.transitions import cancel_request, give_up_request

__all__ = [
    "CREATION",
    "UNUSABLE",
    "adopt_running",
    "apply_answer",
    "apply_answers",
    "attend_request",
    "cancel_request",
    "change_case",
    "clean_up_request",
    "give_up_request",
    "has_left_something",
    "keep_unreadable_answer",
    "mano_state",
    "order_check",
    "paused_states",
    "redeliver",
    "retry_request",
    "send_callback",
    "set_mano_state",
    "set_status",
    "settle_dead_letter",
    "submit_request",
    "sweep_callbacks",
    "sweep_checks",
    "sweep_new_instances",
    "sweep_requests",
    "unable_to_ask",
    "unaccepted_beyond_limit",
]
