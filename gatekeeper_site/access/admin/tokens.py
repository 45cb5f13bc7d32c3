"""Admin pages of tokens, for the role admin."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from gatekeeper_site.access.models import Role, Token
from gatekeeper_site.access.services import (
    USABLE,
    create_token,
    digest_of,
    revoke_token,
    token_state,
)
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.fields import TenantField
from gatekeeper_site.adminsite.html import (
    badge,
    copyable,
    counted,
    list_url,
    moment,
    page_url,
)
from gatekeeper_site.adminsite.staff import is_admin
from gatekeeper_site.core import clock


class TokenForm(forms.Form):
    """A token to make."""

    user = forms.CharField(label="User name", widget=UnfoldAdminTextInputWidget())
    role = forms.ChoiceField(
        choices=Role.choices,
        help_text="The token's own: it stays when the user's role or password is changed.",
        widget=UnfoldAdminSelectWidget(choices=Role.choices),
    )
    tenant_id = TenantField(
        help_text="32 hex digits; empty for none, with which an admin sees all tenants, and others "
        "what is no tenant's."
    )
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


# How many are revoked at once, and what the id of one looks like.
MAX_AT_ONCE = 100
ID = re.compile(r"[0-9]{1,18}", re.ASCII)

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

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the page: a revoked token has none."""
        buttons: list[Any] = super().get_actions_detail(request, object_id)
        token = self.get_object(request, str(object_id))
        return [] if token is None or token.revoked_at is not None else buttons

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
            set_crumb(request, "New")
            return self.form_page(request, form, title="Make a token", button="Make")
        order = form.cleaned_data
        lifetime = timedelta(days=order["days"]) if order["days"] else None
        token = create_token(
            user=order["user"], role=order["role"], tenant_id=order["tenant_id"], lifetime=lifetime
        )
        stored = Token.objects.get(digest=digest_of(token))
        self.log_addition(request, stored, "Made.")
        text = "The token, which is shown only this once: {}"
        messages.success(request, format_html(text, copyable(token)))
        return HttpResponseRedirect(page_url(stored, stored.pk))

    def get_urls(self) -> list[URLPattern]:
        """Return the pages, and that which asks before several tokens are revoked."""
        view = self.admin_site.admin_view(self.revoke_several)
        return [path("revoke/", view, name="access_token_revoke_several"), *super().get_urls()]

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Token]) -> HttpResponse:
        """Lead to the page that asks before the ticked tokens are revoked."""
        ids = list(queryset.values_list("pk", flat=True)[:MAX_AT_ONCE])
        url = reverse("admin:access_token_revoke_several")
        return HttpResponseRedirect(f"{url}?{urlencode({'ids': ids}, doseq=True)}")

    def revoke_several(self, request: HttpRequest) -> HttpResponse:
        """Ask before the tokens are revoked that the address names, and revoke them."""
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        ids = [text for text in request.GET.getlist("ids")[:MAX_AT_ONCE] if ID.fullmatch(text)]
        return self.revocation(request, self.get_queryset(request).filter(pk__in=ids), None)

    @action(description="Revoke", permissions=["revoke"], url_path="revoke", icon="block")  # type: ignore[untyped-decorator]
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the token of the page, once that is confirmed."""
        token = self.object_or_404(request, object_id)
        return self.revocation(request, self.get_queryset(request).filter(pk=token.pk), token)

    def revocation(
        self, request: HttpRequest, queryset: QuerySet[Token], of_page: Token | None
    ) -> HttpResponse:
        """Say what will happen and ask; on POST revoke tokens at once.

        Args:
            request: a POST revokes.
            queryset: the tokens.
            of_page: the one whose page this is, if it is one's.
        """
        back_url = list_url(Token) if of_page is None else page_url(of_page, of_page.pk)
        if request.method == "POST":
            for token in queryset.filter(revoked_at=None):
                revoke_token(token=token)
                self.log_change(request, token, "Revoked.")
                messages.success(request, f"{token} is revoked.")
            return HttpResponseRedirect(back_url)
        derived = Count("derived", filter=Q(derived__revoked_at=None))
        tokens = list(queryset.select_related("user__access").annotate(number_derived=derived))
        what = f"{of_page} of {of_page.user}" if of_page else counted(len(tokens), "token")
        set_crumb(request, "Revoke")
        return TemplateResponse(
            request,
            "admin/access/revoke.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": of_page,
                "title": f"Revoke {what}, at once and for good?",
                "table": {
                    "headers": ["token", "user", "role", "state", "last used", "goes with it"],
                    "rows": [
                        [
                            str(token),
                            token.user.get_username(),
                            token.role,
                            self.state(token),
                            moment(token.last_used_at),
                            counted(token.number_derived, "login") + " by it",
                        ]
                        for token in tokens
                    ],
                },
                "back_url": back_url,
            },
        )
