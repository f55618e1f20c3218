"""Who may see and who may change what has an owner: the one place that decides it.

Reading: the owner, people it is shared with, and, where it is lab-wide, every member of the lab.
Changing: the owner and administrators; everybody else works on a copy.
A person who is only a rater is no member: they see studies by invitation and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404

if TYPE_CHECKING:
    from accounts.models import User

OwnedT = TypeVar("OwnedT", bound="Owned")


class Visibility(models.TextChoices):
    PRIVATE = "private", "Private"
    SHARED = "shared", "Shared with named people"
    LAB = "lab", "Everyone in the lab"


class OwnedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User | Any) -> OwnedQuerySet:
        """The rows that a person may read; none for a visitor or a rater."""
        if not user.is_authenticated or not user.is_member:
            return self.none()
        if user.is_superuser:
            return self.all()
        shared = self.model.shared_with.through.objects.filter(user_id=user.pk)
        column = f"{self.model._meta.model_name}_id"
        return self.filter(
            Q(owner=user)
            | Q(visibility=Visibility.LAB)
            | Q(visibility=Visibility.SHARED, pk__in=shared.values(column))
        )


class Owned(models.Model):
    """Something that belongs to a person: a dataset, a run, a study, a review."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.PRIVATE
    )
    shared_with = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    class Meta:
        abstract = True

    def may_be_changed_by(self, user: User | Any) -> bool:
        return bool(user.is_authenticated and (user.is_superuser or self.owner_id == user.pk))


def get_visible(queryset: models.QuerySet[OwnedT], *, user: User | Any, pk: int) -> OwnedT:
    """The row, or 404: whoever may not read it does not learn that it is there."""
    found = queryset.visible_to(user).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404("There is no such object, or it is not shared with you.")
    return found  # type: ignore[no-any-return]


def get_changeable(queryset: models.QuerySet[OwnedT], *, user: User | Any, pk: int) -> OwnedT:
    """The row, 404 where it may not be read, 403 where it may be read but not changed."""
    found = get_visible(queryset, user=user, pk=pk)
    if not found.may_be_changed_by(user):
        raise PermissionDenied(f"It belongs to {found.owner}; ask them, or work on a copy.")
    return found
