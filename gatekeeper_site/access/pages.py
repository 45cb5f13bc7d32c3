"""Pages on which people type a password, in place of those that the admin and DRF bring."""

import functools
from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy

from gatekeeper_site.access.forms import LoginForm, OwnPasswordForm, PausedForm

View = Callable[..., HttpResponseBase]


def refused_in_pause(view: View) -> View:
    """Give the page of a paused form the status and header of a pause."""

    @functools.wraps(view)
    def limited(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if isinstance(form, PausedForm) and form.paused_seconds is not None:
            response.status_code = 429
            response["Retry-After"] = str(form.paused_seconds)
        return response

    return limited


def own_password(request: HttpRequest) -> HttpResponseBase:
    """Let a user of the admin change his password: the theme's page, with the form of here."""
    page = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        template_name="registration/password_change_form.html",
        success_url=reverse_lazy("admin:password_change_done"),
        extra_context=admin.site.each_context(request),
    )
    return page(request)


admin_login = refused_in_pause(admin.site.login)
admin_own_password = refused_in_pause(admin.site.admin_view(own_password))
api_login = refused_in_pause(
    LoginView.as_view(template_name="rest_framework/login.html", authentication_form=LoginForm)
)
