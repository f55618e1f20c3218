"""The page of a study's images: what could be chosen, and what is."""

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
from core.paging import keys_in, page_by_key, page_keys
from core.sending import file_response
from runs.models import Pair, Run
from survey import services
from survey.checks import opening_checks
from survey.errors import StudyRefused
from survey.forms import DrawForm
from survey.models import State, Stimulus, Study
from survey.protocol import Settings
from survey.selectors import balance, choices, drawables

PAGE = 48


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if study.state == State.OPEN:
        # Whoever has seen which are real can tell others, so it is on record.
        noted(actor=request.user, action="study.key-seen", subject=study)
    chosen = balance.chosen_of(study=study)
    checks = opening_checks(study=study)
    context: dict[str, Any] = {
        "study": study,
        "settings": Settings.of(study),
        "chosen": chosen,
        "balance": balance.balance_of(chosen),
        "checks": checks,
        "draft": study.state == State.DRAFT,
        "uses": [Stimulus.Use.MAIN, Stimulus.Use.PRACTICE],
    }
    if study.state == State.DRAFT:
        context |= _candidates(request, study)
    return render(request, "survey/images.html", context)


def _candidates(request: HttpRequest, study: Study) -> dict[str, Any]:
    user, source = request.user, request.GET.get("source", "")
    filters = {name: request.GET.get(name, "") for name in choices.FILTERS}
    sources = choices.sources_visible(user=user)
    context: dict[str, Any] = {
        "sources": sources,
        "draw_form": DrawForm(sources=sources),
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
            "generators": choices.known_values(source=source, user=user, field="generator"),
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
    use = request.POST.get("use", Stimulus.Use.MAIN)
    try:
        if found.images is not None:
            added = services.stimuli_add(study=study, by=by, images=rows, use=use)
        else:
            added = services.stimuli_add(study=study, by=by, pairs=rows, use=use)
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    else:
        _say(request, added)
    kept = {"source": source, **{k: v for k, v in filters.items() if v}}
    return redirect(f"{reverse('survey:images', args=[pk])}?{urlencode(kept)}")


@require_POST
@role_required(Role.ORGANISER)
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw so many real and artificial images of several sources, balanced over what they show."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    form = DrawForm(request.POST, sources=choices.sources_visible(user=by))
    if not form.is_valid():
        for name, problems in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, problems))}")
        return redirect("survey:images", pk)
    wanted = form.cleaned_data
    seed = study.seed + study.stimuli.count() if wanted["seed"] is None else wanted["seed"]
    drawn = drawables.draw_from(study=study, user=by, seed=seed, wanted=form.counts, **form.where)
    try:
        added = services.stimuli_add(
            study=study, by=by, images=drawn.images, pairs=drawn.pairs, use=wanted["use"]
        )
    except StudyRefused as refused:
        messages.error(request, refused.reason)
    else:
        _say(request, added)
        for kind, count in drawn.missing.items():
            noun = "image" if count == 1 else "images"
            messages.warning(request, f"These sources have {count} {kind} {noun} too few.")
    return redirect("survey:images", pk)


def _say(request: HttpRequest, added: services.Added) -> None:
    if not added.taken and not added.refused:
        messages.info(request, "No image was ticked.")
    if added.taken:
        messages.success(
            request, f"{added.taken} image{'s were' if added.taken > 1 else ' was'} added."
        )
    for name, reason in added.refused[:10]:
        messages.warning(request, f"{name} {reason}")


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
