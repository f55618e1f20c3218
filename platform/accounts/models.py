"""People and what they may do here."""

from django.contrib.auth.models import AbstractUser
from django.db import models


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

    def has(self, role: Role | str) -> bool:
        return self.is_superuser or bool(getattr(self, f"is_{Role(role).value}"))

    @property
    def roles(self) -> list[Role]:
        return [role for role in Role if self.has(role)]

    @property
    def is_member(self) -> bool:
        """Of the lab: sees what is lab-wide. Raters are kept from the images they may judge."""
        return self.is_superuser or any(self.has(role) for role in Role if role is not Role.RATER)
