"""Admin pages of users and tokens, for the role admin."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import StackedInline
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import (
    USABLE,
    create_token,
    digest_of,
    end_logins,
    note_new_password,
    revoke_token,
    token_state,
    user_snapshot,
)
from gatekeeper_site.adminsite.base import GatekeeperAdmin, is_admin
from gatekeeper_site.adminsite.cards import Card, Step
from gatekeeper_site.adminsite.fields import TenantField
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    page_url,
    search_link,
)
from gatekeeper_site.adminsite.moments import with_moments
from gatekeeper_site.audit.services import write_audit_entry
from gatekeeper_site.core import clock, registry

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
    readonly_fields = ("last_login", "date_joined")

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
        return with_moments(User, (*self.readonly_fields, *own))

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


class TokenForm(forms.Form):
    """A token to make."""

    user = forms.CharField(label="User name", widget=UnfoldAdminTextInputWidget())
    role = forms.ChoiceField(
        choices=Role.choices,
        help_text="The token's own: it stays when the user's role or password is changed.",
        widget=UnfoldAdminSelectWidget(choices=Role.choices),
    )
    tenant_id = TenantField(help_text="32 hex digits; empty for none.")
    days = forms.IntegerField(
        label="Days",
        required=False,
        min_value=1,
        max_value=36_500,
        help_text="How long it works; empty: until it is revoked.",
        widget=UnfoldAdminIntegerFieldWidget(),
    )

    def clean_user(self) -> User:
        """Return the user.

        Raises:
            ValidationError: there is none of this name, or he is inactive.
        """
        user = User.objects.filter(username=self.cleaned_data["user"], is_active=True).first()
        if user is None:
            raise forms.ValidationError("There is no active user of this name.")
        return user


TOKEN_COLOURS = {USABLE: "green", "revoked": "grey"}


class TokenStateFilter(admin.SimpleListFilter):
    """By whether a token works."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the states."""
        return [("usable", "usable"), ("expired", "expired"), ("revoked", "revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the tokens of the state."""
        is_expired = Q(expires_at__lte=clock.now())
        conditions = {
            "usable": Q(revoked_at=None, user__is_active=True) & ~is_expired,
            "expired": Q(revoked_at=None) & is_expired,
            "revoked": Q(revoked_at__isnull=False),
        }
        state = self.value()
        return queryset.filter(conditions[state]) if state in conditions else queryset


@admin.register(Token)
class TokenAdmin(GatekeeperAdmin):
    """Tokens, made by the service and revoked, never changed."""

    is_for_admins = True
    list_display = (
        "__str__",
        "user",
        "role_word",
        "tenant_id",
        "state",
        "created_at",
        "expires_at",
        "last_used_at",
    )
    list_filter = (TokenStateFilter, "role")
    list_select_related = ("user__access",)
    list_defer = ("digest",)
    search_fields = ("user",)
    search_help_text = "A user name, in full"
    sortable_by = ()
    ordering = ("-id",)
    fields = (
        "user",
        "role",
        "tenant_id",
        "state",
        "origin",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    actions = ("revoke_selected",)
    actions_detail = ("revoke",)

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Return a user's tokens, by two indexes."""
        user = User.objects.filter(username=term).first()
        return queryset.none() if user is None else queryset.filter(user=user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins."""
        return is_admin(request)

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins."""
        return is_admin(request)

    @admin.display(description="role")
    def role_word(self, token: Token) -> str:
        """Return the role without what it means."""
        return token.role

    @admin.display(description="state")
    def state(self, token: Token) -> SafeString:
        """Return whether the token works, or why not."""
        state = token_state(token)
        return badge(state, TOKEN_COLOURS.get(state, "orange"))

    @admin.display(description="origin")
    def origin(self, token: Token) -> str:
        """Return whether the token is a login's."""
        if token.login_digest:
            return "a login: ends when its user's role, tenant or password is changed"
        return "made as such: its role and tenant are its own"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Make a token by the service, and show it this once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        initial = {"user": request.user.get_username(), "role": Role.OPERATOR}
        form = TokenForm(request.POST or None, initial=initial)
        if not form.is_valid():
            return self.form_page(request, form, title="Make a token", button="Make")
        order = form.cleaned_data
        lifetime = timedelta(days=order["days"]) if order["days"] else None
        token = create_token(
            user=order["user"], role=order["role"], tenant_id=order["tenant_id"], lifetime=lifetime
        )
        stored = Token.objects.get(digest=digest_of(token))
        self.log_addition(request, stored, "Made.")
        text = "The token, which is shown only this once: <code>{}</code>"
        messages.success(request, format_html(text, token))
        return HttpResponseRedirect(page_url(stored, stored.pk))

    def revoke_all(self, request: HttpRequest, tokens: Iterable[Token]) -> None:
        """End tokens at once."""
        for token in tokens:
            revoke_token(token=token)
            self.log_change(request, token, "Revoked.")
            messages.success(request, f"{token} is revoked.")

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """End the tokens that are ticked in the list."""
        self.revoke_all(request, queryset)

    @action(description="Revoke", permissions=["revoke"], url_path="revoke", icon="block")  # type: ignore[untyped-decorator]
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the token of the page, once that is confirmed."""
        token = self.object_or_404(request, object_id)
        if request.method != "POST":
            title = f"Revoke {token} of {token.user}, at once and for good?"
            return self.form_page(request, forms.Form(), title=title, button="Revoke", obj=token)
        self.revoke_all(request, [token])
        return HttpResponseRedirect(page_url(token, token.pk))


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield that people and programs need users and tokens, where there is one user alone."""
    if caller.is_admin and not User.objects.exclude(pk=caller.user.pk).exists():
        words = "A user for each person, with a role and a tenant; a token for each program."
        url = reverse("admin:auth_user_add")
        yield Step("Let others in", words, "Add a user", url, rank=2)


registry.dashboard_cards.append(dashboard_cards)
