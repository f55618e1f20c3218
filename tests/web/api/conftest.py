import pytest
from rest_framework.test import APIClient

from accounts.models import User


def person(name: str, **flags: bool) -> User:
    user = User(username=name, **flags)
    user.set_password("a long password")
    user.save()
    return user


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user is not None:
        client.force_authenticate(user)
    return client


@pytest.fixture
def curator(db: None) -> User:
    return person("curator", is_curator=True)


@pytest.fixture
def analyst(db: None) -> User:
    return person("analyst", is_analyst=True)


@pytest.fixture
def rater(db: None) -> User:
    return person("rater", is_rater=True)
