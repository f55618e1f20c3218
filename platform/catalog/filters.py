"""Which images of a dataset: the same filter in a gallery's address, a saved edit and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from catalog.models import Dataset, Image, Split
from catalog.text import clean_line

UNASSIGNED = "none"  # images without a split; an empty choice means any
SPLITS = [("", "Any"), (UNASSIGNED, "Not assigned"), *Split.choices[1:]]
USES = [("", "Any"), ("used", "In use"), ("excluded", "Excluded")]
PROBLEMS = [
    ("", "Any"),
    ("scale", "Pixel size unknown"),
    ("bar", "Data bar not confirmed"),
    ("truth", "No ground truth"),
]
_PROBLEM: dict[str, Q] = {
    "scale": Q(nm_per_px__isnull=True),
    "bar": Q(data_bar_row__isnull=False, data_bar_confirmed=False),
    "truth": Q(truth__isnull=True),
}
_CHOICES = {
    "split": {value for value, _ in SPLITS},
    "use": {value for value, _ in USES},
    "problem": {value for value, _ in PROBLEMS},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilter:
    """What an image must be; an empty field asks nothing."""

    name: str = ""  # a part of it
    tag: str = ""
    split: str = ""
    use: str = ""
    problem: str = ""
    material: str = ""
    shape: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> ImageFilter:
        """Read an address; what no filter knows is left out, so old links still open."""
        said: dict[str, str] = {}
        for field in fields(cls):
            value = clean_line(str(query.get(field.name, "")), limit=200)
            if value in _CHOICES.get(field.name, {value}):
                said[field.name] = value
        return cls(**said)

    def as_dict(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.as_dict())

    def images(self, dataset: Dataset) -> QuerySet[Image]:
        """The images of a dataset that match, in no order."""
        found = Image.objects.filter(dataset=dataset)
        if self.name:
            found = found.filter(name__icontains=self.name)
        if self.split:
            found = found.filter(split="" if self.split == UNASSIGNED else self.split)
        if self.use == "used":
            found = found.filter(excluded_reason="")
        elif self.use == "excluded":
            found = found.exclude(excluded_reason="")
        if self.problem:
            found = found.filter(_PROBLEM[self.problem])
        if self.material:
            found = found.filter(material=self.material)
        if self.shape:
            found = found.filter(shape=self.shape)
        if self.tag:
            tagged = Image.tags.through.objects.filter(
                tag__dataset=dataset, tag__name=self.tag
            ).values("image_id")
            found = found.filter(pk__in=tagged)
        return found
