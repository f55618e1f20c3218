from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer where no address fits, or a view finds nothing (Django's `handler404`)."""
    if not request.path.startswith("/api/"):
        return page_not_found(request, exception)
    # A script reads JSON; what Django REST framework does not find, it answers by itself.
    said = "There is nothing at this address; /api/schema names those that there are."
    return JsonResponse({"detail": said}, status=404)
