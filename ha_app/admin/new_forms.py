"""Forms that make HA objects; services answer them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from unfold.widgets import UnfoldAdminSelectWidget

from gatekeeper_site.access.caller import Caller, sees, visible_to
from gatekeeper_site.adminsite.fields import TenantField
from gatekeeper_site.core.parsing import parse_uuid
from ha_app import services, vlan_pool
from ha_app.admin.fields import (
    DeviceField,
    ObjectField,
    TextField,
    VlansField,
    admin_state_field,
    integer_field,
    name_field,
    qos_field,
)
from ha_app.admin.names import short_name, told_apart
from ha_app.models import (
    UPLINK_SERVICE_TYPES,
    HaInterface,
    HaRouter,
    LinkType,
    ServiceType,
)

# How many objects a field offers by name; any other is reached from its own page.
OFFERED = 500
# How many gateways are made at once.
MAX_AT_ONCE = 100
# Which field of the form asks for what the service calls so.
FIELDS = {"uplink_vlan_id": "uplink_vlans", "vlan_id": "vlans"}


class NewObjectForm(forms.Form):
    """What every new HA object may be given."""

    name = name_field()
    description = TextField()
    tenant_id = TenantField(help_text="Whose it is: 32 hex digits.")

    # Its fields, beside those of the subclass, come last.
    last_fields = ("description", "tenant_id")

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        """Ask whose it is only who may say so."""
        super().__init__(*args, **kwargs)
        first = [name for name in self.fields if name not in self.last_fields]
        self.order_fields([*first, *self.last_fields])
        self.caller = caller
        if caller.is_admin_of_all:
            self.fields["tenant_id"].required = True
        else:
            del self.fields["tenant_id"]

    def offer(self, name: str, rows: QuerySet[Any], named: Callable[[Any], str]) -> None:
        """Have a field offer objects: the newest that the caller sees, and the one that it has.

        Args:
            name: of the field.
            rows: the objects, of any tenant.
            named: returns what one is called.
        """
        visible = visible_to(self.caller, rows.order_by("-created_at", "-id"))
        found = {row.pk: named(row) for row in visible[:OFFERED]}
        chosen = parse_uuid(self[name].value())
        if chosen is not None and chosen not in found:
            found |= {row.pk: named(row) for row in visible.filter(pk=chosen)}
        by_name = sorted(found.items(), key=lambda each: each[1])
        empty = "choose one" if self.fields[name].required else "none"
        field: Any = self.fields[name]
        field.choices = [("", empty), *((str(pk), text) for pk, text in by_name)]

    def orders(self) -> list[Any]:
        """Return what is asked for, as the service takes it."""
        raise NotImplementedError


class NewHaRouterForm(NewObjectForm):
    """A new HA router."""

    primary_router_id = DeviceField(
        "Primary edge router", "The UUID of an edge router that serves no HA router yet."
    )
    secondary_router_id = DeviceField("Secondary edge router", "That of another one.")
    maximum_gateways = integer_field("Maximum of gateways", initial=500)

    def orders(self) -> list[services.NewHaRouter]:
        """Return what is asked for."""
        return [services.NewHaRouter(**self.cleaned_data)]


class NewHaInterfaceForm(NewObjectForm):
    """A new HA interface."""

    ha_router_id = ObjectField("HA router")
    link_type = forms.ChoiceField(
        label="Link type", choices=LinkType.choices, widget=UnfoldAdminSelectWidget()
    )
    primary_interface_id = DeviceField(
        "Primary interface", "The UUID of a physical interface that serves no HA interface yet."
    )
    secondary_interface_id = DeviceField("Secondary interface", "That of another one.")
    restricted_vlans = VlansField(
        label="Restricted VLANs",
        help_text="Never handed out, such as 0-1024,4094. They cannot be changed later.",
    )
    maximum_ga_bandwidth = integer_field("Maximum of guaranteed bandwidth, in Mbit/s", initial=0)
    maximum_be_bandwidth = integer_field("Maximum of best-effort bandwidth, in Mbit/s", initial=0)
    admin_state_up = admin_state_field()

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        """Offer the HA routers that there are for the caller."""
        super().__init__(*args, caller=caller, **kwargs)
        self.offer("ha_router_id", HaRouter.objects.only("name"), told_apart)

    def orders(self) -> list[services.NewHaInterface]:
        """Return what is asked for."""
        return [services.NewHaInterface(**self.cleaned_data)]


class NewGatewayForm(NewObjectForm):
    """One new gateway or several, each with a VLAN of its own."""

    service_type = forms.ChoiceField(
        label="Service type", choices=ServiceType.choices, widget=UnfoldAdminSelectWidget()
    )
    ha_router_id = ObjectField(
        "HA router", required=False, help_text="Needed only if no HA interface is chosen."
    )
    downlink_interface_id = ObjectField(
        "Downlink",
        required=False,
        help_text="None: the HA router's usable one with the most free VLANs.",
    )
    vlans = VlansField(
        label="VLANs of the downlink",
        help_text="One, or several such as 1026-1030,2000 for as many gateways, all or none. "
        "Empty: the lowest free one.",
    )
    uplink_interface_id = ObjectField(
        "Uplink",
        required=False,
        help_text=f"Needed with {', '.join(UPLINK_SERVICE_TYPES)}; with others there is none.",
    )
    uplink_vlans = VlansField(
        label="VLANs of the uplink",
        help_text="Goes with the uplink. Of several, the first gateway gets the lowest.",
    )
    qos_type = qos_field()
    bandwidth = integer_field("Bandwidth, in Mbit/s", required=False)

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        """Offer the objects that there are for the caller; of a known router, its interfaces."""
        super().__init__(*args, caller=caller, **kwargs)
        self.offer("ha_router_id", HaRouter.objects.only("name"), told_apart)
        columns = ("name", "vlan_ids_available", "ha_router__name", "ha_router__tenant_id")
        interfaces = HaInterface.objects.select_related("ha_router").only(*columns)
        if router := parse_uuid(self.initial.get("ha_router_id")):
            interfaces = interfaces.filter(ha_router=router)
        for name, link_type in (
            ("downlink_interface_id", LinkType.DOWNLINK),
            ("uplink_interface_id", LinkType.UPLINK),
        ):
            self.offer(name, interfaces.filter(link_type=link_type), self.interface_name)

    def interface_name(self, interface: HaInterface) -> str:
        """Return what an interface is called beside others, whose routers may be other tenants'."""
        router = interface.ha_router
        of = short_name(router) if sees(self.caller, router.tenant_id) else router.pk
        return f"{of} – {told_apart(interface)}, {interface.vlan_ids_available} VLANs free"

    def clean(self) -> None:
        """Check what no field shows by itself."""
        values = self.cleaned_data
        given = {name for name, value in values.items() if value not in (None, "")}
        if "uplink_vlans" in given:
            given.add("uplink_vlan_id")
        faults = services.faults_of_new_gateway(
            given, values.get("service_type"), values.get("bandwidth")
        )
        for name, message in faults:
            self.add_error(FIELDS.get(name, name), message)
        if self.errors:
            return
        numbers = {len(vlans) for vlans in self.vlan_lists() if vlans}
        if len(numbers) > 1:
            self.add_error("uplink_vlans", "These are not as many as VLANs of the downlink.")
        if max(numbers, default=1) > MAX_AT_ONCE:
            self.add_error("vlans", f"No more than {MAX_AT_ONCE} gateways are made at once.")

    def vlan_lists(self) -> tuple[list[int], list[int]]:
        """Return the VLANs of the downlink and of the uplink, ascending."""
        names = ("vlans", "uplink_vlans")
        down, up = (vlan_pool.parse_ranges(self.cleaned_data[name]) for name in names)
        return vlan_pool.to_numbers(down), vlan_pool.to_numbers(up)

    def named_vlans(self) -> tuple[HaInterface | None, list[int]]:
        """Return the interface whose VLANs are named, and those, as far as they make sense."""
        for side in ("downlink", "uplink"):
            name = "vlans" if side == "downlink" else "uplink_vlans"
            pk = parse_uuid(self[f"{side}_interface_id"].value())
            field: Any = self.fields[name]
            try:
                vlans = vlan_pool.parse_ranges(field.clean(self[name].value()))
            except ValidationError:
                continue
            numbers = vlan_pool.to_numbers(vlans)
            if pk is not None and 0 < len(numbers) <= MAX_AT_ONCE:
                visible = visible_to(self.caller, HaInterface.objects.filter(pk=pk))
                return visible.first(), numbers
        return None, []

    def orders(self) -> list[services.NewGateway]:
        """Return what is asked for: a gateway for each VLAN. Of several, each is named by its."""
        values = dict(self.cleaned_data)
        down, up = self.vlan_lists()
        del values["vlans"], values["uplink_vlans"]
        name = values.pop("name")
        values["bandwidth"] = values["bandwidth"] or 0
        number = max(len(down), len(up), 1)
        return [
            services.NewGateway(
                name=f"{name}-{(down or up)[index]}" if name and number > 1 else name,
                vlan_id=down[index] if down else None,
                uplink_vlan_id=up[index] if up else None,
                **values,
            )
            for index in range(number)
        ]
