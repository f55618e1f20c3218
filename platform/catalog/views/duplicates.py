"""Images that look alike, side by side, for a decision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog.models import Dataset, NearDuplicate
from catalog.selectors import datasets_visible, near_duplicates
from catalog.services import near_duplicate_decide
from catalog.views.answers import back_to, person, refusals_told
from catalog.views.gallery import may_curate
from core.access import get_visible
from core.paging import page_by_key, page_keys

PAGE = 10


@require_safe
@member_required
def duplicates(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_visible(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    decided = request.GET.get("decided") == "1"
    page = page_by_key(
        near_duplicates(dataset=found, decided=decided),
        size=PAGE,
        **page_keys(request.GET),
    )
    context = {
        "dataset": found,
        "page": page,
        "decided": decided,
        "tab": "duplicates",
        "may_change": may_curate(request, found),
    }
    return render(request, "catalog/duplicates.html", context)


@require_POST
@role_required(Role.CURATOR)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    visible = NearDuplicate.objects.filter(dataset__in=datasets_visible(user=request.user))
    pair = visible.select_related("dataset__owner", "first", "second").filter(pk=pk).first()
    if pair is None:
        raise Http404("There is no such pair, or its dataset is not shared with you.")
    if not pair.dataset.may_be_changed_by(request.user):
        raise PermissionDenied(f"The dataset belongs to {pair.dataset.owner}; ask them.")
    with refusals_told(request):
        decision = request.POST.get("decision", "")
        near_duplicate_decide(pair=pair, decision=decision, by=person(request))
        messages.success(request, f"{pair.get_decision_display()}.")
    query = "decided=1" if request.POST.get("decided") == "1" else ""
    return back_to("catalog:duplicates", pair.dataset_id, query=query)
