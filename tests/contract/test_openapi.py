"""The published schema is valid, and no request that it allows breaks the server."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error

from accounts.models import User
from config.wsgi import application
from tests.web.factories import make_dataset, make_image, make_pair, make_run, make_version
from tests.web.review.making import first_item, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema", application)


@pytest.fixture
def things() -> dict[str, int]:
    """One object of each kind, all of one person, by the first part of its address."""
    user = User.objects.create(username="contract", is_curator=True, is_analyst=True)
    dataset = make_dataset(owner=user)
    image = make_image(dataset=dataset)
    pair = make_pair(run=make_run(owner=user, stage="render"))
    review = make_review(owner=user)
    return {
        "person": user.pk,
        "datasets": dataset.pk,
        "images": image.pk,
        "versions": make_version(dataset=dataset).pk,
        "runs": pair.run_id,
        "pairs": pair.pk,
        "reviews": review.pk,
        "review-items": first_item(review).pk,
    }


def test_the_schema_is_valid_and_names_what_there_is(described: Any) -> None:
    described.validate()
    paths = described.raw_schema["paths"]
    for name in ("datasets", "runs", "reviews"):
        assert "get" in paths[f"/api/{name}/"]
    properties = described.raw_schema["components"]["schemas"]["Run"]["properties"]
    assert {"stage", "spec", "status", "inputs", "problem"} <= set(properties)


@pytest.mark.slow
def test_no_request_that_the_schema_allows_breaks_the_server(
    described: Any, things: dict[str, int]
) -> None:
    token = Token.objects.create(user_id=things["person"]).key
    seen: list[int] = []
    for result in described.get_all_operations():
        operation = result.ok()
        if operation.path.endswith("/file/"):
            continue  # nobody here would close the file that it opens

        @settings(
            max_examples=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            # Numbers at random hit nothing; every other one is made to hit.
            pk = case.path_parameters.get("id")
            kind = case.path.split("/")[2]
            if isinstance(pk, int) and pk % 2 and kind in things:
                case.path_parameters["id"] = things[kind]
            response = case.call(headers={"Authorization": f"Token {token}"})
            case.validate_response(response, checks=(not_a_server_error,))
            seen.append(response.status_code)

        ask()
    assert {200, 201, 400, 404} <= set(seen), "too little was reached to tell anything"
