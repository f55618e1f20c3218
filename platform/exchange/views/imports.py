"""Bringing files in: the upload page, folders of the server, published sets, and what became."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.permissions import member_required, role_required
from catalog.models import Dataset
from core.access import get_changeable
from core.paging import page_by_key, page_keys
from exchange import selectors
from exchange.errors import ExchangeRefused
from exchange.forms import FolderForm, UploadForm
from exchange.models import Import, ImportLine, Origin
from exchange.services.folders import folder_read
from exchange.services.imports import files_sent, import_start
from exchange.services.published import offers, published_import

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.views import HtmxRequest

LINES_ON_A_PAGE = 100
RECENT = 10
MOST_FILES_OF_A_FOLDER = 5_000


@role_required(Role.CURATOR)
@require_safe
@never_cache
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = get_changeable(Dataset.objects.all(), user=request.user, pk=pk)
    return _upload_page(request, dataset)


def _upload_page(
    request: HttpRequest,
    dataset: Dataset,
    *,
    form: UploadForm | None = None,
    folder_form: FolderForm | None = None,
    problem: str = "",
) -> HttpResponse:
    initial = {"source": dataset.source, "licence": dataset.licence, "token": uuid.uuid4()}
    user = cast(User, request.user)
    context = {
        "dataset": dataset,
        "form": form or UploadForm(initial=initial),
        "folder_form": (folder_form or FolderForm(initial=initial, prefix="folder"))
        if user.is_superuser
        else None,
        "problem": problem,
        "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "earlier": dataset.imports.order_by("-pk")[:RECENT],
        "has_tus": find("vendor/tus.js") is not None,
    }
    return render(request, "exchange/upload.html", context, status=422 if problem else 200)


@role_required(Role.CURATOR)
@require_POST
def import_files(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = get_changeable(Dataset.objects.all(), user=request.user, pk=pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, dataset, form=form, problem="Nothing was taken yet.")
    user = cast(User, request.user)
    sent, left_out = files_sent(form.cleaned_data["chosen"])
    pieces = selectors.uploads_own(user=user, dataset_pk=dataset.pk, keys=form.upload_keys())
    try:
        batch = import_start(
            dataset=dataset,
            by=user,
            files=sent,
            pieces=pieces,
            left_out=left_out,
            token=form.cleaned_data["token"],
            source=form.cleaned_data["source"],
            licence=form.cleaned_data["licence"],
        )
    except ExchangeRefused as refusal:
        return _upload_page(request, dataset, form=form, problem=str(refusal))
    return redirect("exchange:batch", batch.pk)


@role_required(Role.CURATOR)
@require_POST
def import_folder(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    if not user.is_superuser:
        raise PermissionDenied("Only an administrator imports folders of the server.")
    dataset = get_changeable(Dataset.objects.all(), user=user, pk=pk)
    form = FolderForm(request.POST, prefix="folder")
    if not form.is_valid():
        return _upload_page(request, dataset, folder_form=form, problem="Nothing was taken yet.")
    root = Path(form.cleaned_data["path"]).expanduser()
    try:
        incoming, left_out = folder_read(root=root, most_files=MOST_FILES_OF_A_FOLDER)
        batch = import_start(
            dataset=dataset,
            by=user,
            files=incoming,
            left_out=left_out,
            token=form.cleaned_data["token"],
            origin=Origin.FOLDER,
            title=root.name,
            source=form.cleaned_data["source"],
            licence=form.cleaned_data["licence"],
        )
    except ExchangeRefused as refusal:
        return _upload_page(request, dataset, folder_form=form, problem=str(refusal))
    return redirect("exchange:batch", batch.pk)


# ---- what became of it --------------------------------------------------------------------------


@member_required
@require_safe
@never_cache
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    found = selectors.import_get_visible(user=request.user, pk=pk)
    return render(request, "exchange/import.html", _told(request, found))


@member_required
@require_safe
@never_cache
def progress(request: HtmxRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; a browser that comes here by itself gets it all."""
    found = selectors.import_get_visible(user=request.user, pk=pk)
    if not request.htmx:
        return redirect("exchange:batch", found.pk)
    return render(request, "exchange/import.html#import", _told(request, found))


def _told(request: HttpRequest, found: Import) -> dict[str, Any]:
    show = request.GET.get("show", "")
    lines = found.lines.select_related("image")
    if show in ImportLine.Outcome.values:
        lines = lines.filter(outcome=show)
    page = page_by_key(
        lines,
        size=LINES_ON_A_PAGE,
        **page_keys(request.GET),
        newest_first=False,
    )
    phase = next((one for one in reversed(found.run.phases) if one), None) if found.run else None
    tab = {"taken": "Taken", "refused": "Left out"}.get(show, "All files")
    return {"batch": found, "page": page, "show": show, "tab": tab, "phase": phase}


# ---- published sets -----------------------------------------------------------------------------


@member_required
@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    recent = selectors.imports_visible(user=user).order_by("-pk")[:RECENT]
    context = {"offers": offers(user=user), "recent": recent, "may": user.has(Role.CURATOR)}
    return render(request, "exchange/index.html", context)


@role_required(Role.CURATOR)
@require_POST
def published(request: HttpRequest, key: str) -> HttpResponse:
    user = cast(User, request.user)
    try:
        started = published_import(key=key, by=user)
    except ExchangeRefused as refusal:
        recent = selectors.imports_visible(user=user).order_by("-pk")[:RECENT]
        context = {"offers": offers(user=user), "recent": recent, "may": True}
        context["problem"] = str(refusal)
        return render(request, "exchange/index.html", context, status=422)
    return redirect("exchange:batch", started.pk)
