"""Who may use the API: members of the lab, with the same roles and owners as on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models import Role

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsMember(BasePermission):
    """Somebody who is only a rater sees nothing here: they might judge these images."""

    message = "This needs a member of the lab; a rater judges by the link they were sent."

    def has_permission(self, request: Request, view: APIView) -> bool:
        user: Any = request.user
        return bool(user and user.is_authenticated and user.is_member)


def writes_need(role: Role) -> type[BasePermission]:
    """Reading for every member, writing for those with `role`."""

    class WritesNeedRole(BasePermission):
        message = f"This needs the role {role.label.lower()}; an administrator can give it to you."

        def has_permission(self, request: Request, view: APIView) -> bool:
            user: Any = request.user
            return request.method in SAFE_METHODS or bool(user.is_authenticated and user.has(role))

    return WritesNeedRole


class OwnerWrites(BasePermission):
    """Whoever sees a thing may read it; its owner and administrators may change it."""

    message = "It belongs to somebody else; ask its owner, or work on a copy."

    def has_object_permission(self, request: Request, view: APIView, obj: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        owned = getattr(obj, "dataset", obj)
        return bool(owned.may_be_changed_by(request.user))
