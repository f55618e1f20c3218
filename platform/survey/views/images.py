"""Choosing the images of a study."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog.models import Split
from core.access import get_changeable, get_visible
from core.audit import noted
from core.files import file_response
from core.paging import keys_in, page_by_key, page_keys
from runs.models import Pair, Run
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.models import State, Study
from survey.selectors import choices, studies

PAGE = 48


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if study.state == State.OPEN:
        # Whoever has seen which are real can tell others, so it is on record.
        noted(actor=request.user, action="study.key-seen", subject=study)
    context: dict[str, Any] = {
        "study": study,
        "chosen": study.stimuli.order_by("-truth", "number").select_related("image", "pair"),
        "counts": studies.counts_by_kind(studies.chosen_counts(study=study)),
        "checks": opening_checks(study=study),
        "draft": study.state == State.DRAFT,
    }
    if study.state == State.DRAFT:
        context |= _candidates(request, study)
    return render(request, "survey/images.html", context)


def _candidates(request: HttpRequest, study: Study) -> dict[str, Any]:
    user, source = request.user, request.GET.get("source", "")
    filters = {name: request.GET.get(name, "") for name in choices.FILTERS}
    context: dict[str, Any] = {
        "sources": choices.sources_visible(user=user),
        "source": source,
        "filters": filters,
        "splits": [split.value for split in Split if split],
    }
    if source:
        found = choices.candidates_of(study=study, user=user, source=source, filters=filters)
        context |= {
            "page": page_by_key(
                found.queryset,
                size=PAGE,
                **page_keys(request.GET),
                newest_first=False,
            ),
            "are_pairs": found.pairs is not None,
            "materials": choices.known_values(source=source, user=user, field="material"),
            "shapes": choices.known_values(source=source, user=user, field="shape"),
            "query": urlencode({"source": source, **{k: v for k, v in filters.items() if v}}),
        }
    return context


@require_POST
@role_required(Role.ORGANISER)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the images that were ticked, or so many of the filter's by chance."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    filters = {name: request.POST.get(name, "") for name in choices.FILTERS}
    source = request.POST.get("source", "")
    found = choices.candidates_of(study=study, user=by, source=source, filters=filters)
    keys = keys_in(request.POST.getlist("pick"))
    if "draw" in request.POST:
        count = (keys_in([request.POST.get("count", "")]) or [0])[0]
        seed = study.seed + study.stimuli.count()
        keys = found.drawn(count=min(count, 1000), seed=seed)
    rows = list(found.queryset.filter(pk__in=keys))
    try:
        if found.images is not None:
            added = services.stimuli_add(study=study, by=by, images=rows)
        else:
            added = services.stimuli_add(study=study, by=by, pairs=rows)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    else:
        _say(request, added)
    kept = {"source": source, **{k: v for k, v in filters.items() if v}}
    return redirect(f"{reverse('survey:images', args=[pk])}?{urlencode(kept)}")


def _say(request: HttpRequest, added: services.Added) -> None:
    if not added.taken and not added.refused:
        messages.info(request, "No image was ticked.")
    if added.taken:
        messages.success(
            request, f"{added.taken} image{'s were' if added.taken > 1 else ' was'} added."
        )
    for name, reason in added.refused[:10]:
        messages.warning(request, f"{name} {reason}")


@require_POST
@role_required(Role.ORGANISER)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    try:
        numbers = keys_in(request.POST.getlist("pick"))
        gone = services.stimuli_remove(study=study, by=by, numbers=numbers)
        messages.success(request, f"{gone} image{'' if gone == 1 else 's'} taken out.")
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    query = request.POST.get("query", "")
    return redirect(f"{reverse('survey:images', args=[pk])}{'?' + query if query else ''}")


@require_POST
@role_required(Role.ORGANISER)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    try:
        services.stimuli_prepare(study=study, by=by)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    return redirect("survey:study", pk)


@require_safe
@role_required(Role.ORGANISER)
def stimulus(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The image as raters get it, or as it came while it is not prepared; for the owner only."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    found = get_object_or_404(
        study.stimuli.select_related("served", "source", "image__thumbnail"), number=number
    )
    if found.served is not None:
        return file_response(found.served)
    if found.image is not None:
        return file_response(found.image.thumbnail)
    if found.source is None:
        raise Http404("The picture is drawn when the images are prepared.")
    return file_response(found.source)


@require_safe
@member_required
def pair_image(request: HttpRequest, pk: int) -> FileResponse:
    pair = Pair.objects.select_related("image").filter(pk=pk).first()
    if pair is None:
        raise Http404("There is no such image, or it is not shared with you.")
    get_visible(Run.objects.all(), user=request.user, pk=pair.run_id)
    return file_response(pair.image)
