"""Results, once a study has closed: the page, its figures and the images behind them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from core.access import get_changeable, get_visible
from core.models import StoredFile
from core.sending import file_response
from survey import services
from survey.models import Analysis, State, Stimulus, Study
from survey.report.making import TABLE_DIFFERS, drawings_in, table_differs
from survey.report.results import headline, result_sections, what_was_judged
from survey.selectors import results
from survey.selectors.result_images import judged, picture_under, result_images, result_pairs
from survey.selectors.studies import sees_results
from survey.thumbnails import small_webp
from survey.views.drawn import KINDS, figure_response, sent_as


@require_safe
@member_required
@never_cache
def page(request: HttpRequest, pk: int) -> HttpResponse:
    study = visible(request, pk)
    return render(request, "survey/results.html", _context(request, study))


@require_safe
@member_required
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes while the figures are computed; then the whole page comes."""
    study = visible(request, pk)
    latest = results.analysis_latest(study=study)
    if not getattr(request, "htmx", False):
        return redirect("survey:results", pk)
    if latest is None or not latest.is_active:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "survey/results.html#progress", {"study": study, "latest": latest})


@require_safe
@member_required
@never_cache
def compared(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the figures still are of the answers as they are; the page asks for it by itself.

    It reads all answers, which takes a second or two of a large study.
    """
    study = closed(request, pk)
    analysis = shown(study)
    differs = table_differs(study=study, analysis=analysis)
    context = {"analysis": analysis, "study": study, "differs": TABLE_DIFFERS if differs else ""}
    return render(request, "survey/partials/compared.html", context)


@require_POST
@role_required(Role.ORGANISER)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the figures once more: after a failure, or with a newer program."""
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    if study.state != State.CLOSED:
        raise PermissionDenied(results.CLOSED_UNTIL_THE_END)
    services.analysis_start(study=study, by=by)
    return redirect("survey:results", pk)


@require_POST
@role_required(Role.ORGANISER)
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    by: Any = request.user
    latest = results.analysis_latest(study=study)
    if latest is not None:
        services.analysis_stop(analysis=latest, by=by)
    return redirect("survey:results", pk)


@require_safe
@member_required
@never_cache
def figure(request: HttpRequest, pk: int, figure: str, kind: str) -> HttpResponse:
    """One figure as SVG, PNG or the data that it shows."""
    drawing = drawings_in(shown(closed(request, pk))).get(figure)
    if drawing is None:
        raise Http404("There is no such figure.")
    return figure_response(drawing, kind)


@require_safe
@member_required
@never_cache
def image(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What raters said of one image, and where they marked it, over SEM image and height map."""
    study = closed(request, pk)
    stimulus = _stimulus(study, number)
    analysis = results.analysis_shown(study=study)
    said = judged(study=study, stimulus=stimulus, document=analysis.figures if analysis else {})
    context = {"study": study, "judged": said}
    return render(request, "survey/result_image.html", context)


@require_safe
@member_required
@never_cache
def overlay(request: HttpRequest, pk: int, number: int, over: str, kind: str) -> HttpResponse:
    """The marks of one image over it (`marks`) or its height map (`marks-height`), or as data."""
    study = closed(request, pk)
    stimulus = _stimulus(study, number)
    analysis = results.analysis_shown(study=study)
    found = judged(study=study, stimulus=stimulus, document=analysis.figures if analysis else {})
    under = picture_under(found, height=over == "marks-height")
    if over not in ("marks", "marks-height") or kind not in KINDS or under is None:
        raise Http404("There is no such figure.")
    if not found.overlay.marks:
        raise Http404("Nobody marked a place on this image.")
    made: str | bytes
    if kind == "csv":
        made = found.overlay.csv()
    else:
        made = found.overlay.svg(under) if kind == "svg" else found.overlay.png(under)
    return sent_as(made, f"image-{number}-{over}", kind)


@require_safe
@member_required
def picture(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The image as raters got it."""
    stimulus = _stimulus(closed(request, pk), number)
    if stimulus.served is None:
        raise Http404("There is no such image.")
    return _sent(request, stimulus.served)


@require_safe
@member_required
def height(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The height map that an artificial image was made from."""
    stimulus = _stimulus(closed(request, pk), number)
    if stimulus.pair is None:
        raise Http404("There is no height map of this image.")
    return _sent(request, stimulus.pair.height)


def _sent(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The file, or where `?small` is asked for, a small copy of it."""
    if "small" not in request.GET:
        return file_response(stored)
    response = HttpResponse(small_webp(stored.sha256), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def visible(request: HttpRequest, pk: int) -> Study:
    found: Study = get_visible(Study.objects.all(), user=request.user, pk=pk)
    if not sees_results(study=found, user=request.user):
        raise PermissionDenied(f"{found.owner} shows the results of this study to nobody else.")
    return found


def closed(request: HttpRequest, pk: int) -> Study:
    study = visible(request, pk)
    if study.state != State.CLOSED:
        raise PermissionDenied(results.CLOSED_UNTIL_THE_END)
    return study


def shown(study: Study) -> Analysis:
    """The analysis whose figures are asked for."""
    analysis = results.analysis_shown(study=study)
    if analysis is None:
        raise Http404("The figures are not computed yet; open the page of results.")
    return analysis


def _stimulus(study: Study, number: int) -> Stimulus:
    rows = study.stimuli.select_related("served", "pair__height", "pair__run", "image__dataset")
    return get_object_or_404(rows, number=number)


def _context(request: HttpRequest, study: Study) -> dict[str, Any]:
    context: dict[str, Any] = {"study": study, "may_change": study.may_be_changed_by(request.user)}
    if study.state != State.CLOSED:
        return context
    latest, done = results.analysis_latest(study=study), results.analysis_shown(study=study)
    context |= {"latest": latest, "analysis": done}
    if done is not None:
        document = done.figures
        context |= {
            "headline": headline(document),
            "finding": document.get("primary", document.get("pairs", {})).get("finding"),
            "judged": what_was_judged(document),
            "sections": result_sections(document, drawings_in(done)),
            "bundle": results.bundle_of(analysis=done),
            "images": result_images(study=study, document=document),
            "pairs": result_pairs(study=study, document=document),
        }
    return context
