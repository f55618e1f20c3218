"""Changing many images: what fits a slice at once, the rest while the page waits."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog.errors import CatalogError
from catalog.models import BulkEdit, Dataset
from catalog.selectors import datasets_visible
from catalog.services import bulk_start, bulk_step, bulk_stop
from catalog.views.answers import back_to, person
from catalog.views.gallery import may_curate
from catalog.views.place import Place
from core.access import get_changeable
from core.paging import keys_in
from core.views import HtmxRequest


@require_POST
@role_required(Role.CURATOR)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_changeable(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    place = Place.from_query(QueryDict(request.POST.get("at", "")))
    everything = request.POST.get("scope") == "matching"
    try:
        edit = bulk_start(
            dataset=found,
            by=person(request),
            action=request.POST.get("action", ""),
            value=request.POST.dict(),
            chosen=_keys(request, "chosen"),
            matching=place.matching if everything else None,
            exceptions=_keys(request, "except"),
        )
    except CatalogError as refused:
        messages.error(request, f"{refused} Nothing was changed.")
        return back_to("catalog:dataset", pk, query=place.here)
    edit = bulk_step(edit=edit)
    if not edit.is_final:
        return back_to("catalog:edit", edit.pk)
    messages.success(request, f"{edit.get_action_display()}: {outcome(edit)}")
    return back_to("catalog:dataset", pk, query=place.here)


def outcome(edit: BulkEdit) -> str:
    """How many of how many; images that were so already are not counted as changed."""
    noun = "image" if edit.seen == 1 else "images"
    if edit.changed == edit.seen:
        return f"{edit.changed:,} {noun} changed."
    return f"{edit.changed:,} of {edit.seen:,} {noun} changed; the others were so already."


@require_safe
@member_required
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _edit(request, pk), "catalog/edit.html")


@require_POST
@role_required(Role.CURATOR)
def go_on(request: HtmxRequest, pk: int) -> HttpResponse:
    edit = bulk_step(edit=_changeable(request, pk))
    if request.htmx:
        return _shown(request, edit, "catalog/partials/edit.html")
    return back_to("catalog:edit", pk)


@require_POST
@role_required(Role.CURATOR)
def stop(request: HtmxRequest, pk: int) -> HttpResponse:
    bulk_stop(edit=_changeable(request, pk))
    return back_to("catalog:edit", pk)


def _shown(request: HttpRequest, edit: BulkEdit, template: str) -> HttpResponse:
    context = {
        "edit": edit,
        "dataset": edit.dataset,
        "outcome": outcome(edit),
        "may_change": may_curate(request, edit.dataset),
        "total": edit.dataset.image_count if not edit.saved_filter and not edit.chosen else None,
    }
    return render(request, template, context)


def _edit(request: HttpRequest, pk: int) -> BulkEdit:
    visible = BulkEdit.objects.filter(dataset__in=datasets_visible(user=request.user))
    found = visible.select_related("dataset__owner", "by").filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such edit, or its dataset is not shared with you.")
    return found


def _changeable(request: HttpRequest, pk: int) -> BulkEdit:
    found = _edit(request, pk)
    if not found.dataset.may_be_changed_by(request.user):
        raise PermissionDenied(f"The dataset belongs to {found.dataset.owner}; ask them.")
    return found


def _keys(request: HttpRequest, name: str) -> list[int]:
    """Keys of ticked boxes; those of other pages come in one field, with commas."""
    values = [part for value in request.POST.getlist(name) for part in value.split(",")]
    return keys_in(values)
