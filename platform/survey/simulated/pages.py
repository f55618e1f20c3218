"""What a browser sees of a page: its forms, and the addresses that the judging page names."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser

_NUMBERS = {"number", "range"}
_GIVEN = {"hidden", "text", "email", "search"}


@dataclass(slots=True)
class Field:
    name: str
    kind: str
    values: list[str] = field(default_factory=list)  # of a choice: what can be chosen
    least: float = 0.0
    most: float = 100.0


@dataclass(slots=True)
class Form:
    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[tuple[str, str, bool]] = field(default_factory=list)  # name, value, is primary

    @property
    def goes_on(self) -> bool:
        """The way on is the page's one primary button."""
        return any(primary for _, _, primary in self.buttons)

    def filled(self, rng: random.Random) -> dict[str, str]:
        """As a person who answers everything would send it."""
        sent = {}
        for name, one in self.fields.items():
            if one.kind in {"radio", "select", "checkbox"}:
                choices = [value for value in one.values if value]
                sent[name] = rng.choice(choices) if choices else ""
            elif one.kind in _NUMBERS:
                sent[name] = str(round(rng.uniform(one.least, one.most)))
            elif one.kind in _GIVEN:
                sent[name] = one.values[0] if one.values else ""
        for name, value, primary in self.buttons:
            if primary and name:
                sent[name] = value
        return sent


class Page(HTMLParser):
    """`told` holds the data of <main>: on the judging page the addresses of its script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.told: dict[str, str] = {}
        self._form: Form | None = None
        self._select: Field | None = None
        self.feed(html)

    @property
    def way_on(self) -> Form | None:
        return next((form for form in self.forms if form.goes_on), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.told = {k[5:]: v for k, v in found.items() if k.startswith("data-")}
        elif tag == "form":
            self._form = Form(found.get("action", ""))
            if found.get("method", "").lower() == "post":
                self.forms.append(self._form)
        elif self._form is not None:
            self._part(self._form, tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def _part(self, form: Form, tag: str, found: dict[str, str]) -> None:
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "button" and found.get("type", "submit") == "submit":
            primary = "primary" in found.get("class", "").split()
            form.buttons.append((name, value, primary))
        elif tag == "select" and name:
            self._select = form.fields.setdefault(name, Field(name, "select"))
        elif tag == "option" and self._select is not None:
            self._select.values.append(value)
        elif tag == "textarea" and name:
            form.fields[name] = Field(name, "text", [""])
        elif tag == "input" and name:
            kind = found.get("type", "text")
            one = form.fields.setdefault(name, Field(name, kind))
            one.values.append(value)
            one.least = float(found.get("min") or one.least)
            one.most = float(found.get("max") or max(one.most, one.least))
