"""“Can you tell?”: ten images, no account needed where the organiser allows it."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from survey import services
from survey.errors import DoorShut
from survey.selectors.games import game_of
from survey.views import doors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def can_you_tell(request: HttpRequest) -> HttpResponse:
    study = game_of(user=request.user)
    if study is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if study is None or request.method != "POST":
        return render(request, "survey/can_you_tell.html", {"study": study})
    try:
        session, key = services.game_start(
            study=study,
            user=request.user,
            user_agent=request.headers.get("User-Agent", ""),
        )
    except DoorShut as shut:
        return render(
            request, "survey/can_you_tell.html", {"study": study, "problem": str(shut)}, status=403
        )
    response = redirect("survey:take", session.study.code)
    doors.set_session(request, response, study, key)
    return response
