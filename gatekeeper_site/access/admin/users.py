"""Admin pages of users, for the role admin."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import StackedInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import (
    end_logins,
    note_new_password,
    user_snapshot,
)
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.cards import Card, Step
from gatekeeper_site.adminsite.columns import as_shown
from gatekeeper_site.adminsite.html import (
    NOTHING,
    search_link,
)
from gatekeeper_site.adminsite.staff import is_admin
from gatekeeper_site.audit.services import write_audit_entry
from gatekeeper_site.core import clock

# Roles and tenants stand for groups.
admin.site.unregister([Group, User])


# What says what a user may do.
ACCESS_COLUMNS = ("role", "tenant_id", "is_superuser")


class AccessInline(StackedInline):
    """A user's role and tenant."""

    model = UserAccess
    verbose_name_plural = "role and tenant, for the admin, the browsable API and POST /sessions"
    fieldsets = (
        (
            None,
            {
                "fields": ("role", "tenant_id"),
                "description": "They take effect at once. A change of them, of the password or of "
                "“active” ends the tokens that POST /sessions gave the user. Tokens that were made "
                "as such have a role and tenant of their own, and stay: revoke them in the list of "
                "tokens. They do not work while the user is inactive.",
            },
        ),
    )

    def formfield_for_choice_field(self, *args: Any, **kwargs: Any) -> Any:
        """Return the field of the role, which a user may lack."""
        choices = [("", "no role"), *Role.choices]
        return super().formfield_for_choice_field(*args, **kwargs, choices=choices)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow: the page is an admin's."""
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class PasswordForm(AdminPasswordChangeForm):
    """A user's new password, which the audit tells of without it."""

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Store the password with its audit entry, and end the logins with the old one."""
        user = super().save(commit)
        note_new_password(user=user)
        return user


@admin.register(User)
class UserAdmin(DjangoUserAdmin, GatekeeperAdmin):  # type: ignore[misc, type-arg]
    """Users are not deleted but made inactive: what they did keeps their name."""

    is_for_admins = True
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = PasswordForm
    inlines = (AccessInline,)
    list_display = ("username", "email", "role", "tenant", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "access__role")
    list_select_related = ("access",)
    list_defer = ("password",)
    search_fields = ()
    search_text_fields = ("username", "email")
    search_help_text = "Part of a user name or an e-mail address"
    sortable_by = ("username",)
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "usable_password", "password1", "password2", "is_staff")},
        ),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the form of a new user begins with: he may use this site."""
        return {"is_staff": True, **super().get_changeform_initial_data(request)}

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return what makes the search box appear."""
        return self.search_text_fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins."""
        return is_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins; a superuser is a superuser's to change."""
        is_superuser = obj is not None and obj.is_superuser
        return is_admin(request) and (request.user.is_superuser or not is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields that are shown only: others than superusers make no superusers."""
        own = () if request.user.is_superuser else ("is_superuser",)
        return as_shown(User, (*self.readonly_fields, *own))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Store the user, in the transaction of the page."""
        form.user_before = user_snapshot(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the role and tenant, and the audit entry of all."""
        super().save_related(request, form, formsets, change)
        user, before = form.instance, form.user_before
        after = user_snapshot(user)
        if before != after:
            action = "update" if change else "create"
            write_audit_entry(action=action, instance=user, before=before, after=after)
        if ended := end_logins(user=user):
            messages.info(request, f"Logins of {user} by POST /sessions that are ended: {ended}.")
        if before and any(before[name] != after[name] for name in ACCESS_COLUMNS):
            self.tell_of_tokens(request, user)

    def tell_of_tokens(self, request: HttpRequest, user: User) -> None:
        """Say which tokens a change of the user's role or tenant has left as they are."""
        kept = Token.objects.filter(user=user, revoked_at=None, login_digest="")
        if number := kept.exclude(expires_at__lte=clock.now()).count():
            text = "{} has {} with a role and tenant of their own, which this does not change."
            link = search_link(Token, user.get_username(), f"{number} tokens")
            messages.warning(request, format_html(text, user, link))

    @admin.display(description="role")
    def role(self, user: User) -> str:
        """Return the user's role."""
        if user.is_superuser:
            return "superuser"
        access = getattr(user, "access", None)
        return NOTHING if access is None else access.role

    @admin.display(description="tenant")
    def tenant(self, user: User) -> str:
        """Return the user's tenant."""
        access = getattr(user, "access", None)
        return NOTHING if access is None else access.tenant_id or NOTHING


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield that people and programs need users and tokens, where there is one user alone."""
    if caller.is_admin and not User.objects.exclude(pk=caller.user.pk).exists():
        words = "A user for each person, with a role and a tenant; a token for each program."
        url = reverse("admin:auth_user_add")
        yield Step("Let others in", words, "Add a user", url, rank=2)
