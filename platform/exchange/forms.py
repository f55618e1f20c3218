from __future__ import annotations

import uuid
from typing import Any

from django import forms


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; an empty choice is an empty list."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(ManyFilesField, self).clean(one, initial) for one in chosen]


class UploadForm(forms.Form):
    """Files from a browser, or the keys of files that came in pieces before."""

    chosen = ManyFilesField(
        label="Files",
        required=False,
        allow_empty_file=True,  # refused by name, like any other that is no image
        widget=ManyFilesInput(attrs={"multiple": True}),
    )
    source = forms.CharField(
        required=False,
        max_length=300,
        help_text="Who made the images, or where they were published. For images that state none.",
    )
    licence = forms.CharField(
        required=False, max_length=120, help_text="E.g. CC BY 4.0. For images that state none."
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def upload_keys(self) -> list[uuid.UUID]:
        """Keys of uploads that the page's script sends along; what is no key is left out."""
        data: Any = self.data
        found = []
        for text in data.getlist("uploads"):
            try:
                found.append(uuid.UUID(text))
            except ValueError:
                continue
        return list(dict.fromkeys(found))


class FolderForm(forms.Form):
    path = forms.CharField(
        label="Folder of the server",
        max_length=1000,
        help_text="Its images, masks and tables are read; links are not followed.",
    )
    source = forms.CharField(required=False, max_length=300)
    licence = forms.CharField(required=False, max_length=120)
    token = forms.UUIDField(widget=forms.HiddenInput)
