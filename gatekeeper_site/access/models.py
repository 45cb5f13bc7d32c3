"""Who may call: users' access, and tokens (contract: http.md, Who may call)."""

from django.conf import settings
from django.db import models

from gatekeeper_site.core import clock
from gatekeeper_site.core.tenants import TenantField


class Role(models.TextChoices):
    """What a caller may do. Each role may do what those before it may."""

    VIEWER = "viewer", "viewer: reads"
    OPERATOR = "operator", "operator: also creates, changes, deletes within its tenant"
    ADMIN = "admin", "admin: every tenant, and state edits"


class UserAccess(models.Model):
    """A user's role and tenant, for his logins. A superuser needs none."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access"
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    tenant_id = TenantField()

    class Meta:
        db_table = "core_useraccess"
        verbose_name = verbose_name_plural = "access"

    def __str__(self) -> str:
        return f"{self.role} of {self.tenant_id or 'no tenant'}"


class Token(models.Model):
    """A bearer token. Only its digest is stored; a token that was lost cannot be shown again.

    Its role and tenant are its own. That of a login ends when they, or the password, are not the
    user's any more.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    tenant_id = TenantField()
    login_digest = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Of a login: what the user was then. Empty: the token was made as such.",
    )
    source = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="derived",
        editable=False,
        help_text="By which somebody logged in for this one, which ends with it.",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "core_token"
        ordering = ("-id",)
        indexes = (models.Index(fields=["created_at", "id"], name="token_by_creation"),)

    def __str__(self) -> str:
        return f"token {self.pk} ({self.role})"


class ThrottleWindow(models.Model):
    """How often something happened in a stretch of time; `windows.py` writes it."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.IntegerField()
    ends_at = models.FloatField(help_text="seconds since the epoch")
    is_audited = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Of logins: whether the audit has the pause.",
    )

    class Meta:
        db_table = "core_throttlewindow"

    def __str__(self) -> str:
        return f"{self.count} of {self.key}"


class PlatformKey(models.Model):
    """The platform's key pair, of which SONATA's programs ask for the public key."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    private_key = models.TextField(help_text="PKCS #8, PEM")
    public_key = models.TextField(help_text="base64 of the DER, in one line")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_platform_key"),
        ]

    def __str__(self) -> str:
        return "the platform's key"
