"""Freezing a dataset, and what was frozen."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog.errors import CatalogError
from catalog.models import Dataset, Split, Version
from catalog.selectors import version_get_visible, version_manifest
from catalog.services import version_freeze
from catalog.views.answers import back_to, person
from catalog.views.gallery import may_curate
from core.access import get_changeable, get_visible
from core.once import not_done, once
from core.paging import page_by_key, page_keys

PAGE = 50


@require_safe
@member_required
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    page = page_by_key(
        Version.objects.filter(dataset=found).select_related("created_by"),
        size=PAGE,
        **page_keys(request.GET),
    )
    context = {
        "dataset": found,
        "page": page,
        "tab": "versions",
        "may_change": may_curate(request, found),
    }
    return render(request, "catalog/versions.html", context)


@require_POST
@role_required(Role.CURATOR)
@once
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_changeable(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    try:
        made = version_freeze(dataset=found, by=person(request), note=request.POST.get("note", ""))
    except CatalogError as refused:
        messages.error(request, str(refused))
        return not_done(request, back_to("catalog:versions", pk))
    messages.success(request, f"Frozen as version {made.number}.")
    return back_to("catalog:version", made.pk)


@require_safe
@member_required
def version(request: HttpRequest, pk: int) -> HttpResponse:
    found = version_get_visible(user=request.user, pk=pk)
    page = page_by_key(
        found.items.all(),
        size=PAGE,
        **page_keys(request.GET),
        newest_first=False,
    )
    context = {
        "version": found,
        "dataset": found.dataset,
        "page": page,
        "previous_version": _before(found),
        "tables": _tables(found),
        "examples": found.changes.get("examples", {}),
        "tab": "versions",
        "may_change": may_curate(request, found.dataset),
    }
    return render(request, "catalog/version.html", context)


@require_safe
@member_required
def manifest(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send the canonical JSON: its SHA-256, computed anywhere, is the version's."""
    found = version_get_visible(user=request.user, pk=pk)
    name = f"manifest-{found.manifest_sha256[:12]}.json"
    response = StreamingHttpResponse(
        version_manifest(version=found), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _before(found: Version) -> Version | None:
    earlier = Version.objects.filter(dataset_id=found.dataset_id, number__lt=found.number)
    return earlier.order_by("-number").first()


def _tables(found: Version) -> list[dict[str, Any]]:
    """Counts that were kept when it was frozen, most first; one value for all says nothing."""
    tables = []
    for name in ("split", "material", "shape", "licence"):
        counts: dict[str, int] = found.counts.get(name, {})
        if set(counts) <= {""}:
            continue
        rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
        labels = dict(Split.choices) if name == "split" else {}
        tables.append(
            {
                "name": name.capitalize(),
                "rows": [(labels.get(value, value) or "Not said", n) for value, n in rows],
            }
        )
    return tables
