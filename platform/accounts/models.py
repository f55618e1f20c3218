"""People, what they may do here, and invitations."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class Role(models.TextChoices):
    """What a person does here; one person may have several roles, an administrator has all."""

    CURATOR = "curator", "Curator"  # imports and curates datasets
    ANALYST = "analyst", "Analyst"  # starts runs
    REVIEWER = "reviewer", "Reviewer"  # reviews segmentations
    ORGANISER = "organiser", "Organiser"  # organises studies
    RATER = "rater", "Rater"  # judges images; sees nothing but their studies


class User(AbstractUser):
    """A person who signs in. Raters by link need no account and leave no address."""

    is_curator = models.BooleanField(default=False)
    is_analyst = models.BooleanField(default=False)
    is_reviewer = models.BooleanField(default=False)
    is_organiser = models.BooleanField(default=False)
    is_rater = models.BooleanField(default=False)
    # Somebody else has seen the password: its owner is asked for another one at the next sign-in.
    password_is_temporary = models.BooleanField(default=False)

    def has(self, role: Role | str) -> bool:
        return self.is_superuser or bool(getattr(self, f"is_{Role(role).value}"))

    @property
    def may_simulate(self) -> bool:
        """For templates, which cannot ask `has`."""
        return self.has(Role.ANALYST)

    @property
    def roles(self) -> list[Role]:
        return [role for role in Role if self.has(role)]

    @property
    def is_member(self) -> bool:
        """Of the lab: sees what is lab-wide. Raters are kept from the images they may judge."""
        return self.is_superuser or any(self.has(role) for role in Role if role is not Role.RATER)


class Invitation(models.Model):
    """A link by which one person makes an account; only the hash of its secret is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=120, blank=True)  # for whom: the inviter's own words
    roles = models.JSONField(default=list)  # values of Role
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.OneToOneField(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="invitation"
    )

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def status(self) -> str:
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > timezone.now() else "expired"

    @property
    def role_labels(self) -> list[str]:
        return [role.label for role in Role if role.value in self.roles]
