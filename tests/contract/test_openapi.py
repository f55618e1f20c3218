"""The published schema is valid, and no request that it allows breaks the server."""

import itertools
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error

from accounts.models import User
from config.wsgi import application
from exchange.models import Import
from review.services import correction_start
from runs.models import Artifact
from tests.web.factories import (
    make_dataset,
    make_file,
    make_image,
    make_pair,
    make_run,
    make_version,
)
from tests.web.review.making import first_item, make_review

pytestmark = pytest.mark.django_db


def answered(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application, read to the end: a file that it sends is closed."""
    told = application(environ, start_response)
    try:
        return [b"".join(told)]
    finally:
        told.close()


@pytest.fixture
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/schema", answered)


@pytest.fixture
def things() -> dict[str, int]:
    """One object of each kind, all of one person, by the first part of its address."""
    user = User.objects.create(username="contract", is_curator=True, is_analyst=True)
    dataset = make_dataset(owner=user)
    image = make_image(dataset=dataset)
    pair = make_pair(run=make_run(owner=user, stage="render"))
    review = make_review(owner=user)
    item = first_item(review)
    assert item.head_id is not None
    artifact = Artifact.objects.create(run=pair.run, path="a.png", role="image", file=make_file())
    batch = Import.objects.create(dataset=dataset, started_by=user, title="1 file")
    return {
        "person": user.pk,
        "datasets": dataset.pk,
        "images": image.pk,
        "versions": make_version(dataset=dataset).pk,
        "runs": pair.run_id,
        "artifacts": artifact.pk,
        "imports": batch.pk,
        "pairs": pair.pk,
        "reviews": review.pk,
        "review-items": item.pk,
        "masks": item.head_id,
        "corrections": correction_start(
            item=item, base_number=1, edits=[{"op": "delete", "labels": [1]}], by=user
        ).pk,
    }


def aimed(path: str, parameters: dict[str, Any], things: dict[str, int]) -> dict[str, Any]:
    """The parameters of an address with the keys of what there is."""
    of_kind = things.get(path.split("/")[2])
    if path.startswith("/api/lineage/"):
        of_kind = things.get(f"{parameters['kind']}s")
    keys = {"id": of_kind, "pk": of_kind, "dataset": things["datasets"]}
    return parameters | {name: key for name, key in keys.items() if name in parameters and key}


def test_the_schema_is_valid_and_names_what_there_is(described: Any) -> None:
    described.validate()
    paths = described.raw_schema["paths"]
    for name in ("datasets", "runs", "reviews"):
        assert "get" in paths[f"/api/{name}/"]
    properties = described.raw_schema["components"]["schemas"]["Run"]["properties"]
    assert {"stage", "spec", "status", "inputs", "problem"} <= set(properties)


def statuses_of(operation: Any, things: dict[str, int], headers: dict[str, str]) -> set[int]:
    """What an operation answers to requests that its schema allows; no answer is a 500."""
    turn, seen = itertools.count(), set()

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # Numbers at random hit nothing; every other request is made to hit.
        if next(turn) % 2:
            case.path_parameters = aimed(case.path, case.path_parameters, things)
        response = case.call(headers=headers)
        case.validate_response(response, checks=(not_a_server_error,))
        seen.add(response.status_code)

    ask()
    return seen


@pytest.mark.slow
def test_no_request_that_the_schema_allows_breaks_the_server(
    described: Any, things: dict[str, int]
) -> None:
    headers = {"Authorization": f"Token {Token.objects.create(user_id=things['person']).key}"}
    seen = {
        result.ok().label: statuses_of(result.ok(), things, headers)
        for result in described.get_all_operations()
    }
    at_the_door = {label for label, statuses in seen.items() if statuses <= {401, 403, 404, 405}}
    assert at_the_door == set(), "nothing behind it was reached"
    assert {200, 201, 400, 404} <= set().union(*seen.values())
