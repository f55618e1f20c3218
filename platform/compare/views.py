from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from compare import selectors
from compare.forms import PairFilter
from compare.parameters import parameter_rows
from core.paging import page_by_key
from core.sending import file_response

PAGE_SIZE = 12  # whole images are shown small; more would be megabytes


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    form = PairFilter(request.GET)
    chosen = form.applied()
    after, before = chosen.pop("after", None), chosen.pop("before", None)
    page = page_by_key(
        selectors.pairs_filtered(user=request.user, **chosen),
        size=PAGE_SIZE,
        after=after,
        before=before,
    )
    runs = selectors.runs_with_pairs(user=request.user)
    return render(
        request,
        "compare/index.html",
        {
            "page": page,
            "chosen": {name: value for name, value in chosen.items() if value},
            "problems": form.problems(),
            "runs": runs,
            "launches": {run.launch.pk: run.launch for run in runs if run.launch}.values(),
            "generators": sorted({run.generator for run in runs}),  # type: ignore[attr-defined]
        },
    )


@require_safe
@member_required
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.pair_get_for(user=request.user, pk=pk)
    return render(
        request,
        "compare/pair.html",
        {
            "pair": found,
            "neighbours": selectors.neighbours_of(found),
            "others": selectors.pairs_of_same_scene(user=request.user, pair=found),
            "truth": selectors.scene_truth_of(found),
            "scene_is_visible": selectors.scene_run_is_visible(user=request.user, pair=found),
            "parameters": parameter_rows(found.parameters, found.run.spec),
        },
    )


@require_safe
@member_required
def image(request: HttpRequest, pk: int) -> FileResponse:
    found = selectors.pair_get_for(user=request.user, pk=pk)
    return file_response(found.image, filename=f"pair-{pk}-image.png")


@require_safe
@member_required
def height(request: HttpRequest, pk: int) -> FileResponse:
    """The height map as it was made: 16 bits, white at the scene's highest point."""
    found = selectors.pair_get_for(user=request.user, pk=pk)
    return file_response(found.height, filename=f"pair-{pk}-height.png")


@require_safe
@member_required
def labels(request: HttpRequest, pk: int) -> FileResponse:
    """The true instance labels: 16 bits, 0 on the holder."""
    found = selectors.pair_get_for(user=request.user, pk=pk)
    return file_response(found.labels, filename=f"pair-{pk}-labels.png")


@require_safe
@member_required
def scene(request: HttpRequest, pk: int) -> FileResponse:
    """The exact truth of the scene that the pair shows."""
    found = selectors.scene_truth_of(selectors.pair_get_for(user=request.user, pk=pk))
    if found is None:
        raise Http404("The run that made the scene kept no truth of it.")
    return file_response(found.file, filename=f"pair-{pk}-scene.json")
