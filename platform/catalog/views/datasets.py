"""The list of datasets; making, describing and deleting one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required, role_required
from catalog.errors import CatalogError
from catalog.forms import DatasetForm
from catalog.models import Dataset, Kind
from catalog.selectors import datasets_with_covers
from catalog.services import dataset_create, dataset_delete, dataset_edit
from catalog.views.answers import back_to, person
from core.access import Visibility, get_changeable
from core.paging import page_by_key, page_keys

PAGE = 50


@require_safe
@member_required
def index(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    found = datasets_with_covers(user=request.user)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    page = page_by_key(
        found,
        size=PAGE,
        **page_keys(request.GET),
    )
    may_make = person(request).has(Role.CURATOR)
    context = {"page": page, "kind": kind, "kinds": Kind.choices, "may_make": may_make}
    return render(request, "catalog/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.CURATOR)
def new(request: HttpRequest) -> HttpResponse:
    start = {"kind": Kind.REAL, "visibility": Visibility.PRIVATE}
    form = DatasetForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        people = said.pop("shared_with")
        try:
            made = dataset_create(owner=person(request), **said)
            if said["visibility"] == Visibility.SHARED and people:
                said.pop("kind")
                dataset_edit(dataset=made, by=person(request), shared_with=people, **said)
        except CatalogError as refused:
            form.add_error("name", str(refused))
        else:
            return redirect("catalog:dataset", made.pk)
    status = 422 if form.errors else 200
    return render(request, "catalog/new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.CURATOR)
def settings(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_changeable(Dataset.objects.select_related("owner"), user=request.user, pk=pk)
    form = DatasetForm.of(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dataset_edit(dataset=found, by=person(request), **form.cleaned_data)
        except CatalogError as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, "Saved.")
            return back_to("catalog:dataset", pk)
    status = 422 if form.errors else 200
    if form.errors:
        found.refresh_from_db()  # the page's title is the name that is stored
    context = {"dataset": found, "form": form, "tab": "settings", "may_change": True}
    return render(request, "catalog/settings.html", context, status=status)


@require_POST
@role_required(Role.CURATOR)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_changeable(Dataset.objects.all(), user=request.user, pk=pk)
    if request.POST.get("name", "").strip() != found.name:
        messages.error(request, "Nothing was deleted: type the dataset's name to delete it.")
        return back_to("catalog:settings", pk)
    try:
        dataset_delete(dataset=found, by=person(request))
    except CatalogError as refused:
        messages.error(request, str(refused))
        return back_to("catalog:settings", pk)
    messages.success(request, f"{found.name} was deleted.")
    return redirect("catalog:index")
