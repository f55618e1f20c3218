"""The table of all addresses, one thing of every kind, and a way to ask the one for the other.

It names what each address shows; one that is missing in it fails a test, so that nobody adds an
address without saying whom it is for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import Role, User
from catalog.models import BulkEdit, NearDuplicate
from catalog.services import version_freeze
from exchange.models import Export, Import, Upload
from review.models import Comparison, Correction
from runs.models import Artifact, Launch, Sample
from survey.models import DryRun, Invitation, Planning
from tests.web.factories import (
    make_dataset,
    make_file,
    make_image,
    make_pair,
    make_run,
    make_user,
)
from tests.web.review.making import first_item, make_review
from tests.web.survey.makers import make_draft

World = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """Who may open an address: `thing` is what it shows, `public` that visitors may.

    `methods` it answers; `by_role` where a role is asked for before the thing is looked up.
    """

    thing: str = ""
    public: bool = False
    methods: tuple[str, ...] = ("GET", "POST")
    by_role: bool = False


PUBLIC, MEMBERS = Door(public=True), Door()

# By name, or by the first part of a name that all of them share ("runs:run-*").
DOORS: dict[str, Door] = {
    "tour:home": PUBLIC,
    "tour:*": MEMBERS,
    "core:*": PUBLIC,
    "accounts:sign-in": PUBLIC,
    "accounts:sign-out": PUBLIC,
    "accounts:invitation": PUBLIC,  # by its token
    "accounts:profile*": MEMBERS,
    "accounts:people*": Door("owner", by_role=True),
    "accounts:person*": Door("owner", by_role=True),
    "accounts:invitation-revoke": Door("owner", by_role=True),
    "catalog:index": MEMBERS,
    "catalog:new": MEMBERS,
    "catalog:edit": Door("edit"),
    "catalog:edit-*": Door("edit"),
    "catalog:decide": Door("near_duplicate"),
    "catalog:image": Door("image"),
    "catalog:image-*": Door("image"),
    "catalog:thumbnail": Door("image"),
    "catalog:version": Door("version"),
    "catalog:version-*": Door("version"),
    "catalog:*": Door("dataset"),
    "exchange:index": MEMBERS,
    "exchange:published": MEMBERS,
    "exchange:tus-create": Door("dataset", methods=("POST",)),
    "exchange:tus-upload": Door("upload", methods=("HEAD", "PATCH", "DELETE")),
    "exchange:import-folder": Door("dataset", by_role=True),
    "exchange:batch": Door("batch"),
    "exchange:batch-*": Door("batch"),
    "exchange:export": Door("version"),
    "exchange:export-*": Door("version"),
    "exchange:metadata": Door("version"),
    "exchange:download": Door("export"),
    "exchange:*": Door("dataset"),
    "runs:index": MEMBERS,
    "runs:new": MEMBERS,
    "runs:new-stage": MEMBERS,
    "runs:launch-new": MEMBERS,
    "runs:compare": MEMBERS,
    "runs:compare-*": MEMBERS,  # of the runs that the address names, the visible ones
    "runs:launch": Door("launch"),
    "runs:launch-*": Door("launch"),
    "runs:artifact": Door("artifact"),
    "runs:sample": Door("sample"),
    "runs:*": Door("run"),
    "compare:index": MEMBERS,
    "compare:*": Door("pair"),
    "survey:can-you-tell": PUBLIC,
    "survey:join": PUBLIC,
    "survey:resume": PUBLIC,  # by its key
    "survey:commitment": PUBLIC,  # what it publishes, it publishes to everybody
    "survey:commitment-*": PUBLIC,
    "survey:take": PUBLIC,
    "survey:take-*": PUBLIC,
    "survey:monitor*": Door("study", by_role=True),
    "survey:dry-run*": Door("study", by_role=True),
    "survey:dry-run-join": PUBLIC,  # by its token
    "survey:index": MEMBERS,
    "survey:new": MEMBERS,
    "survey:planner": MEMBERS,
    "survey:planner-start": MEMBERS,
    "survey:planning": Door("planning"),
    "survey:planning-*": Door("planning"),
    "survey:planning-take": Door("planning", by_role=True),
    "survey:published": MEMBERS,
    "survey:validation*": MEMBERS,
    "survey:pair-image": Door("pair"),
    "survey:*": Door("study"),
    "review:index": MEMBERS,
    "review:segment": Door("image"),
    "review:correction": Door("correction"),
    "review:cancel-correction": Door("correction"),
    "review:comparison": Door("comparison"),
    "review:compared": Door("comparison"),
    "review:labels": Door("mask"),
    "review:particles": Door("mask"),
    "review:prepare": Door("mask"),
    "review:export": Door("mask"),
    "review:item": Door("item"),
    "review:crops": Door("item"),
    "review:decide": Door("item"),
    "review:view": Door("item"),
    "review:thumbnail": Door("item"),
    "review:save": Door("item"),
    "review:compare": Door("item"),
    "review:*": Door("review"),
    "api:schema": PUBLIC,  # it says what there is, not what is in it
    "api:token": PUBLIC,
    "api:api-root": MEMBERS,
    "api:dataset-list": MEMBERS,
    "api:run-list": MEMBERS,
    "api:dataset-*": Door("dataset"),
    "api:import-*": Door("batch"),
    "api:image-*": Door("image"),
    "api:version-*": Door("version"),
    "api:run-*": Door("run"),
    "api:artifact-*": Door("artifact"),
    "api:pair-*": Door("pair"),
    "api:lineage": Door("run"),
    "api:review-list": MEMBERS,
    "api:review-*": Door("review"),
    "api:review-item-*": Door("item"),
    "api:correction-*": Door("correction"),
    "api:mask-*": Door("mask"),
}
WORDS = {
    "stage": "simulate", "preset": "quick", "key": "emps", "kind": "run", "name": "matches.json",
    "code": "nobody", "token": "nothing", "number": 1, "format": "json", "table": "answers",
    "figure": "verdict",
}  # fmt: skip


LINEAGES, OF = ("run", "version", "image", "pair", "mask"), " of "


def door_of(name: str) -> Door | None:
    name = name.partition(OF)[0]
    if name in DOORS:
        return DOORS[name]
    fitting = [key for key in DOORS if key.endswith("*") and name.startswith(key[:-1])]
    return DOORS[max(fitting, key=len)] if fitting else None


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Names of all addresses, each with its parameters."""

    def walk(resolver: Any, space: str) -> Iterator[tuple[str, list[str]]]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                inner = f"{space}{entry.namespace}:" if entry.namespace else space
                yield from walk(entry, inner)
            elif entry.name:
                pattern: Any = entry.pattern
                groups = list(pattern.converters) or list(pattern.regex.groupindex)
                if "format" not in groups:
                    yield space + entry.name, groups

    yield from dict(walk(get_resolver(), "")).items()


def questions() -> Iterator[tuple[str, list[str]]]:
    """All addresses, those of lineage once for each kind of thing."""
    for name, groups in addresses():
        if "lineage" in name and "kind" in groups:
            yield from ((f"{name}{OF}{kind}", groups) for kind in LINEAGES)
        else:
            yield name, groups


@pytest.fixture
def world() -> World:
    """One thing of every kind, all private, all of one person."""
    owner = make_user(*Role)
    dataset = make_dataset(owner=owner)
    images = [make_image(dataset=dataset) for _ in range(2)]
    version = version_freeze(dataset=dataset, by=owner)
    run = make_run(owner=owner)
    review = make_review(owner=owner)
    item = first_item(review)
    mask = item.versions.get()
    study = make_draft(owner=owner)
    facts = {"dataset": dataset, "started_by": owner, "title": "files"}
    return {
        "owner": owner,
        "dataset": dataset,
        "image": images[0],
        "version": version,
        "edit": BulkEdit.objects.create(
            dataset=dataset,
            by=owner,
            action="exclude",
            value={"reason": "blurred"},
            top_pk=images[1].pk,
        ),
        "near_duplicate": NearDuplicate.objects.create(
            dataset=dataset, first=images[0], second=images[1], distance=2
        ),
        "upload": Upload.objects.create(owner=owner, dataset=dataset, name="a.png", size_bytes=9),
        "batch": Import.objects.create(**facts),
        "export": Export.objects.create(
            version=version, layout="originals", started_by=owner, run=make_run(owner=owner)
        ),
        "run": run,
        "launch": Launch.objects.create(owner=owner, name="launch"),
        "artifact": Artifact.objects.create(run=run, path="a.png", role="x", file=make_file()),
        "sample": Sample.objects.create(run=run, path="a.png", caption="a", file=make_file()),
        "pair": make_pair(run=run),
        "study": study,
        "invitation": Invitation.objects.create(
            study=study, kind="open", token_sha256="0" * 64, created_by=owner
        ),
        "dry_run": DryRun.objects.create(study=study, by=owner),
        "planning": Planning.objects.create(
            study=study, by=owner, question={"raters": 2, "margin": 0.05}
        ),
        "review": review,
        "item": item,
        "mask": mask,
        "correction": Correction.objects.create(
            item=item,
            base=mask,
            edits=[],
            author=owner,
            run=make_run(owner=owner, status="running"),
        ),
        "comparison": Comparison.objects.create(
            item=item,
            first=mask,
            second=mask,
            first_name="a",
            second_name="b",
            run=make_run(owner=owner, status="running"),
        ),
    }


def asked(client: Client, world: World, name: str, groups: list[str], method: str) -> int:
    name, _, told = name.partition(OF)
    door = door_of(name)
    assert door is not None
    if told:
        door = replace(door, thing=told)
    values: dict[str, Any] = {}
    for group in groups:
        if group == "dataset":
            values[group] = world["dataset"].pk
        elif group in WORDS and group != "kind":
            values[group] = WORDS[group]
        elif group == "kind":
            values[group] = told or "csv"
        elif group == "dry_run":
            values[group] = world["dry_run"].pk
        elif group == "invitation":
            values[group] = world["invitation"].pk
        else:
            values[group] = world[door.thing].pk if door.thing else uuid.uuid4()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Offset": "0"}
    kind = "application/offset+octet-stream" if method == "PATCH" else "text/plain"
    address = reverse(name, kwargs=values)
    response = client.generic(method, address, content_type=kind, headers=headers)
    response.close()
    return response.status_code


def signed_in(who: User | None) -> Client:
    """A browser that is told of errors by their status, as everybody is."""
    client = Client(raise_request_exception=False)
    if who is not None:
        client.force_login(who)
    return client


def still_signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def refused(world: World, who: User | None, allowed: Callable[[Door, int], bool]) -> list[str]:
    """Ask every address by GET and by POST; return what was answered otherwise than allowed."""
    wrong = []
    client = signed_in(who)
    for name, groups in questions():
        door = door_of(name)
        assert door is not None
        if door.public:
            continue
        codes = []
        for method in door.methods:
            codes.append(asked(client, world, name, groups, method))
        # 405 says nothing about the thing, but one of both methods must have been refused.
        told = [code for code in codes if code != 405]
        if not told or not all(allowed(door, code) for code in told):
            wrong.append(f"{name}: {codes}")
    assert still_signed_in(client) == (who is not None)
    return wrong
