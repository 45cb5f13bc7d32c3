"""Every page of the operators' site: axe finds nothing in either colour, and nothing is cut off."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from records_app.models import FunctionRecord
from requests_app.models import Request
from tests.browser.accessibility import barriers
from tests.browser.conftest import DESK, PHONE, enter
from tests.fixtures import instantiated, onboarded_service, submitted
from tests.ha_app.objects import new_gateway, new_interface, new_router

# They are looked at by so many tests, beside each other.
PARTS = 3
# Where a picture of each page goes, if one is to be kept.
PICTURES = os.environ.get("GATEKEEPER_TEST_PICTURES")


def page_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def all_pages(user: User) -> dict[str, str]:
    """Store objects, and return the address of every page that shows one, lists or asks."""
    record = instantiated(onboarded_service())
    request = Request.objects.get(service_instance_uuid=record.pk)
    assert record.descriptor is not None
    failed = submitted(record.descriptor)
    Request.objects.filter(pk=failed.pk).update(
        status="ERROR", error="No room.", error_class="refused", cause="No room.", case_state="open"
    )
    router = new_router(name="edge")
    interface = new_interface(router, name="downlink", restricted_vlans="0-1024,4094")
    gateway = new_gateway(router)
    [function] = FunctionRecord.objects.filter(service=record)
    objects = [request, record, function, record.descriptor, router, interface, gateway, user]
    found = {
        "first page": reverse("admin:index"),
        "search": "/admin/search/?s=edge",
        "failed request": page_of(failed),
        "failed work": reverse("admin:requests_app_failed_work"),
        "MANO": reverse("admin:requests_app_mano"),
        "dead letters": reverse("admin:requests_app_dead_letters"),
        "VLAN map": reverse("admin:ha_app_hainterface_vlan_map", args=[interface.pk]),
        "deletion": f"{page_of(router).removesuffix('change/')}delete/",
    }
    found |= {f"{each._meta.verbose_name}": page_of(each) for each in objects}
    browser = Client()
    browser.force_login(user)
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        new = f"{reverse(f'admin:{name}_changelist')}add/"
        found[f"{model._meta.verbose_name_plural} (list)"] = reverse(f"admin:{name}_changelist")
        if browser.get(new).status_code == 200:
            found[f"new {model._meta.verbose_name}"] = new
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everybody(page: Page, superuser: User, part: int) -> None:
    pages = sorted(all_pages(superuser).items())
    assert len(pages) >= 30
    enter(page, superuser)
    found: dict[str, Any] = {}

    for name, url in pages[part::PARTS]:
        page.set_viewport_size(DESK)
        answer = page.goto(url)
        assert answer is not None and answer.status == 200, name
        found[f"{name}, light"] = barriers(page)
        keep_picture(page, name, "light")
        # What the theme's switch does.
        page.evaluate("document.documentElement.classList.add('dark')")
        found[f"{name}, dark"] = barriers(page, rules=["color-contrast", "link-in-text-block"])
        keep_picture(page, name, "dark")
        page.set_viewport_size(PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        found[f"{name}, narrow"] = [] if width <= PHONE["width"] else [f"{width} px wide"]
        keep_picture(page, name, "narrow")

    assert {name: faults for name, faults in found.items() if faults} == {}


def keep_picture(page: Page, name: str, kind: str) -> None:
    """Keep a picture of a page, if pictures are wanted."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name.replace(' ', '-')}-{kind}.png")
