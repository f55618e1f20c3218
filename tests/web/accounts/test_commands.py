"""People at the server's shell."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from core.models import AuditEntry
from tests.web.factories import make_user

pytestmark = pytest.mark.django_db

PASSWORD = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}")


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_first_user_is_made_once_and_told_once() -> None:
    found = PASSWORD.findall(said("ensure_first_user"))
    assert len(found) == 1
    admin = User.objects.get()
    assert (admin.username, admin.is_superuser, admin.password_is_temporary) == (
        "admin",
        True,
        True,
    )
    assert admin.check_password(found[0])
    assert found[0] not in admin.password
    assert said("ensure_first_user") == ""
    assert User.objects.count() == 1


def test_where_there_is_somebody_no_first_user_is_made() -> None:
    make_user(Role.RATER)
    assert said("ensure_first_user") == ""
    assert User.objects.count() == 1


def test_a_lost_password_is_replaced_and_the_account_opened() -> None:
    person = make_user(Role.CURATOR, name="anna", is_active=False)
    password = PASSWORD.findall(said("person", "anna", "--reset"))[0]
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(password)
    assert AuditEntry.objects.filter(action="person.password_reset", actor=None).exists()


def test_nobody_is_reset_by_a_name_that_nobody_has() -> None:
    with pytest.raises(CommandError, match="person anna --create"):
        said("person", "anna", "--reset")


def test_a_person_is_made_with_roles() -> None:
    said("person", "anna", "--create", "--role", "curator", "--role", "analyst")
    assert User.objects.get(username="anna").roles == [Role.CURATOR, Role.ANALYST]
    with pytest.raises(CommandError, match="Somebody has this name already"):
        said("person", "Anna", "--create")
