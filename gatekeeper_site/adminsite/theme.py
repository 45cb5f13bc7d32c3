"""How the admin looks, and its sidebar: the value of the setting UNFOLD."""

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.urls import get_script_prefix, reverse_lazy

if TYPE_CHECKING:
    from django.http import HttpRequest

WHO_HAS_A_ROLE = "gatekeeper_site.adminsite.staff.has_role"
ADMINS_ONLY = "gatekeeper_site.adminsite.staff.is_admin"

# Tailwind's teal; 600 and above are dark enough for white letters.
PRIMARY_COLOUR = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(70.4% .14 182.503)",
    "600": "oklch(51.1% .096 186.391)",
    "700": "oklch(43.7% .078 188.216)",
    "800": "oklch(38.6% .063 188.416)",
    "900": "oklch(27.7% .046 192.524)",
    "950": "oklch(22% .04 192)",
}


def item(title: str, icon: str, page: str, permission: str = WHO_HAS_A_ROLE) -> dict[str, Any]:
    """Return an entry of the sidebar.

    Args:
        title: what it says.
        icon: a name of Material Symbols, which come with the theme.
        page: the name of the admin's URL.
        permission: the dotted path of a function that tells who sees it.
    """
    return {
        "title": title,
        "icon": icon,
        "page": page,
        "link": reverse_lazy(f"admin:{page}"),
        "permission": permission,
        "active": partial(is_shown, page),
    }


def is_shown(page: str, request: "HttpRequest") -> bool:
    """Tell whether an entry is that of the page: of the one whose address begins with it most."""
    links = links_below(get_script_prefix())
    first, *others = links.values()
    nearest = max((each for each in others if request.path.startswith(each)), key=len, default="")
    return links[page] == (first if request.path == first else nearest)


@cache
def links_below(prefix: str) -> dict[str, str]:
    """Return the addresses of the sidebar's entries, by their pages; each entry looks at all.

    Args:
        prefix: where the site begins, as Django keeps it for this call.
    """
    return {entry["page"]: str(entry["link"]) for group in SIDEBAR for entry in group["items"]}


SIDEBAR: list[dict[str, Any]] = [
    {
        "items": [
            item("Overview", "monitoring", "index"),
            item("Requests", "list_alt", "requests_app_request_changelist"),
            item("Failed work", "assignment_late", "requests_app_failed_work"),
            item("Callbacks", "outgoing_mail", "requests_app_callbackdelivery_changelist"),
        ]
    },
    {
        "title": "Records",
        "items": [
            item("Services", "lan", "records_app_servicerecord_changelist"),
            item("Functions", "memory", "records_app_functionrecord_changelist"),
        ],
    },
    {
        "title": "Descriptors",
        "items": [
            item("Services", "account_tree", "records_app_servicedescriptor_changelist"),
            item("Functions", "extension", "records_app_functiondescriptor_changelist"),
        ],
    },
    {
        "title": "HA edge routers",
        "items": [
            item("HA routers", "router", "ha_app_harouter_changelist"),
            item("HA interfaces", "settings_ethernet", "ha_app_hainterface_changelist"),
            item("Gateways", "alt_route", "ha_app_gateway_changelist"),
            item("etcd mirror", "sync_alt", "ha_app_etcdmirror_changelist"),
        ],
    },
    {
        "title": "Platform",
        "items": [
            item("Users", "person", "auth_user_changelist", ADMINS_ONLY),
            item("Tokens", "key", "access_token_changelist", ADMINS_ONLY),
            item("Workers", "engineering", "work_worker_changelist", ADMINS_ONLY),
            item("Maintenance", "build", "work_maintenancerun_changelist", ADMINS_ONLY),
            item("Audit", "history", "audit_auditentry_changelist", ADMINS_ONLY),
            item("MANO", "smart_toy", "requests_app_mano"),
            item("Dead letters", "mark_email_unread", "requests_app_dead_letters", ADMINS_ONLY),
        ],
    },
]


def settings(static_url: str) -> dict[str, Any]:
    """Return the setting UNFOLD.

    Args:
        static_url: the setting STATIC_URL.
    """

    def static(path: str) -> Callable[["HttpRequest"], str]:
        # Of a text, the theme tries each time whether it is the path of a function to import.
        return lambda _: f"{static_url}gatekeeper/{path}"

    icon = {"rel": "icon", "type": "image/svg+xml", "href": static("icon.svg")}
    return {
        "SITE_TITLE": "Gatekeeper",
        "SITE_HEADER": "Gatekeeper",
        "SITE_SYMBOL": "hub",
        "SITE_FAVICONS": [icon],
        "SHOW_VIEW_ON_SITE": False,
        # Of the admin's own log: each page ends with what the audit has, which is more.
        "SHOW_HISTORY": False,
        "STYLES": [static(f"{name}.css") for name in ("admin", "overview", "objects")],
        "SCRIPTS": [
            static("idiomorph/idiomorph-0.8.0.min.js"),
            static("live.js"),
            static("accessible.js"),
            static("search.js"),
        ],
        "COLORS": {"primary": PRIMARY_COLOUR},
        "LOGIN": {"form": "gatekeeper_site.access.forms.AdminLoginForm"},
        "DASHBOARD_CALLBACK": "gatekeeper_site.adminsite.dashboard.first_page",
        "ACCOUNT": {
            "navigation": [
                {"title": "Browsable API", "link": "/requests"},
                {"title": "API documentation", "link": "/docs"},
            ]
        },
        "SIDEBAR": {"navigation": SIDEBAR},
    }
