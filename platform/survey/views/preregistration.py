"""The plan of a study as a text for a registry, for its organiser."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import role_required
from core.access import get_changeable
from survey.models import Study, Use
from survey.report.preregistration import preregistration


@require_safe
@role_required(Role.ORGANISER)
@never_cache
def text(request: HttpRequest, pk: int) -> HttpResponse:
    study: Study = get_changeable(Study.objects.all(), user=request.user, pk=pk)
    if study.use != Use.STUDY:
        raise Http404("The game is no study; there is nothing to register.")
    return HttpResponse(
        preregistration(study=study),
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="preregistration-{study.code}.md"'},
    )
