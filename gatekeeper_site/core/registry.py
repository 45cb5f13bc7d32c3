"""What the rooms and the apps give the site: each registers it in the `ready` of its `apps.py`.

The dashboard's cards and the admin's lines it registers in its `admin`, and the names of
enumerations in its `api/urls.py`, which only those processes load that serve them. The site asks
for it without knowing who has given it: the worker sweeps, `manage.py purge` forgets, `/metrics`
and `/readyz` tell, the schema names codes and enumerations, the dashboard shows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from django.utils.safestring import SafeString
    from prometheus_client.core import Metric

# The tag of the checks of settings, which every process is to pass that starts.
SETTINGS = "settings"

# Looks for rows whose time has come, works a batch of them off, and returns how many there were.
SweepFunction: TypeAlias = Callable[[], int]
# Returns the rows of before a moment, in the order in which they are forgotten.
OldRows: TypeAlias = Callable[[datetime], QuerySet[Any]]
# Returns "ok", what is wrong, or None where that peer is not configured.
PeerCheck: TypeAlias = Callable[[], str | None]

# Returns rows of which a single one means that new work waits in its queue; None: it never does.
# It is asked once by each process that takes tasks, and has its rows looked for at each of them.
Obstacle: TypeAlias = Callable[[], QuerySet[Any] | None]


@dataclass(frozen=True)
class MaintenanceOption:
    """An option of a command, as the form that asks for it has it."""

    # Of the command line: "--older-than".
    argument: str
    label: str
    # A number is asked for, or whether.
    initial: float | bool
    help_text: str = ""


@dataclass(frozen=True)
class MaintenanceCommand:
    """A command of `manage.py` that takes long, and is safe to be stopped and run again."""

    title: str
    # What will happen.
    effect: str
    options: tuple[MaintenanceOption, ...] = ()


# With the seconds between two looks; what is found is worked off at once.
sweeps: dict[SweepFunction, float] = {}
new_work_obstacles: list[Obstacle] = []
# By what `manage.py purge` calls the rows; it forgets them in this order.
retention: dict[str, OldRows] = {}
# Each yields families of figures, read from the database when it is asked for.
metrics: list[Callable[[], "Iterator[Metric]"]] = []
# By what `GET /readyz` calls the peer.
peer_checks: dict[str, PeerCheck] = {}
# What each `code` of a conflict means.
conflict_codes: dict[str, str] = {}
# The words of an enumeration, by its name in the schema. Others are named by their member.
enumerations: dict[str, Iterable[str]] = {}
# Each returns what the dashboard shows of it (`adminsite.cards`), as a caller may see it
# (`access.caller.Caller`); both stand above this room.
dashboard_cards: list[Callable[[Any], Iterable[Any]]] = []
# Each returns a line that stands on every page of the admin for now, or None.
admin_banners: list[Callable[[], "SafeString | None"]] = []
# What admins can have a worker run, by the name of the command of `manage.py`.
maintenance: dict[str, MaintenanceCommand] = {}
# Whose objects show which tenants there are.
tenant_models: list[type[Model]] = []
