from accounts.services.invitations import (
    invitation_accept,
    invitation_create,
    invitation_revoke,
)
from accounts.services.people import (
    password_change,
    password_reset,
    person_activate,
    person_create,
    person_deactivate,
    person_edit,
    token_renew,
)
from accounts.services.sharing import share

__all__ = [
    "invitation_accept",
    "invitation_create",
    "invitation_revoke",
    "password_change",
    "password_reset",
    "person_activate",
    "person_create",
    "person_deactivate",
    "person_edit",
    "share",
    "token_renew",
]
