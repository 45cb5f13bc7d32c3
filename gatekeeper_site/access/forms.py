"""Forms in which people type a password: Django's and the theme's, with `logins.py`'s limit."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.forms import AuthenticationForm as AdminAuthenticationForm

from gatekeeper_site.access.logins import (
    LoginsPaused,
    WrongPassword,
    note_refusal,
    user_of_password,
)
from gatekeeper_site.access.services import note_new_password


class PausedForm:
    """A form that may say that no password is looked at for a while."""

    # How long, then.
    paused_seconds: int | None = None

    def pause_error(self, pause: LoginsPaused) -> forms.ValidationError:
        """Return what the form says, and keep how long it is for the answer's headers."""
        self.paused_seconds = pause.seconds
        minutes, seconds = divmod(pause.seconds, 60)
        wait = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
        return forms.ValidationError(
            f"Too many logins have failed. Try again in {wait}.", code="throttled"
        )


class LimitedLogin(PausedForm):
    """What replaces the check of a login form of Django's."""

    cleaned_data: dict[str, Any]
    user_cache: User | None
    confirm_login_allowed: Callable[[User], None]
    get_invalid_login_error: Callable[[], forms.ValidationError]

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Check the password, where a name and one were given.

        Raises:
            ValidationError: it is wrong, or the user may not log in here, or must wait.
        """
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username is None or not password:
            return self.cleaned_data
        try:
            user = user_of_password(username=username, password=password)
        except LoginsPaused as pause:
            raise self.pause_error(pause) from pause
        except WrongPassword as error:
            raise self.get_invalid_login_error() from error
        try:
            self.confirm_login_allowed(user)
        except forms.ValidationError:
            # The reason of the only form that refuses anybody so.
            note_refusal(user=user, reason="not staff")
            raise
        self.user_cache = user
        return self.cleaned_data


class LoginForm(LimitedLogin, AuthenticationForm):
    """The browsable API's."""


class AdminLoginForm(LimitedLogin, AdminAuthenticationForm):
    """The admin's, for staff alone."""


class OwnPasswordForm(PausedForm, AdminOwnPasswordChangeForm):
    """Who is logged in sets a new password, and must know the old one."""

    @sensitive_variables("password")
    def clean_old_password(self) -> str:
        """Check the old password as at a login.

        Raises:
            ValidationError: it is wrong, or he must wait.
        """
        password: str = self.cleaned_data["old_password"]
        try:
            user_of_password(username=self.user.get_username(), password=password)
        except LoginsPaused as pause:
            raise self.pause_error(pause) from pause
        except WrongPassword as error:
            text = self.error_messages["password_incorrect"]
            raise forms.ValidationError(text, code="password_incorrect") from error
        return password

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Store the password with its audit entry, and end the logins with the old one."""
        user = super().save(commit)
        note_new_password(user=user)
        return user
