"""A dataset's page: its images, however many."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import member_required
from catalog import filters
from catalog.facets import materials, shapes
from catalog.gallery import SIZES, SORTS, gallery_page
from catalog.models import BulkEdit, Dataset, Split
from catalog.views.answers import person
from catalog.views.place import Place
from core.access import get_visible
from core.views import HtmxRequest


@require_safe
@member_required
def dataset(request: HtmxRequest, pk: int) -> HttpResponse:
    found = get_visible(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    place = Place.from_query(request.GET)
    page = gallery_page(
        images=place.matching.images(found),
        sort=place.sort,
        size=place.size,
        after=place.after,
        before=place.before,
    )
    context = {
        "dataset": found,
        "place": place,
        "page": page,
        "next_query": place.page(after=page.after) if page.after else "",
        "previous_query": place.page(before=page.before) if page.before else "",
        "may_change": may_curate(request, found),
    }
    if request.htmx and not request.htmx.history_restore_request:
        response = render(request, "catalog/partials/gallery.html", context)
    else:
        context |= _around(found)
        response = render(request, "catalog/dataset.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def may_curate(request: HttpRequest, found: Dataset) -> bool:
    user = person(request)
    return found.may_be_changed_by(user) and user.has(Role.CURATOR)


def _around(found: Dataset) -> dict[str, object]:
    """What stands round the images and does not change from page to page."""
    return {
        "tab": "images",
        "tags": list(found.tags.order_by("name").values_list("name", flat=True)[:200]),
        "materials": materials(dataset=found),
        "shapes": shapes(dataset=found),
        "split_filters": filters.SPLITS,
        "uses": filters.USES,
        "problems": filters.PROBLEMS,
        "sorts": SORTS,
        "sizes": SIZES,
        "splits": Split.choices,
        "unfinished": list(
            BulkEdit.objects.filter(dataset=found, state=BulkEdit.State.RUNNING).order_by("pk")[:5]
        ),
    }
