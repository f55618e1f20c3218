"""The words and the pages of a PDF as Typst writes it: fonts by glyphs, with maps to Unicode."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page\b")
# Brackets that are balanced stand in a literal as they are.
_LITERAL = rb"(?!)"
for _ in range(6):
    _LITERAL = rb"\((?:\\.|[^\\()]|" + _LITERAL + rb")*\)"
_STRING = _LITERAL + rb"|<[0-9A-Fa-f]*>"
_SHOWN = re.compile(
    rb"/(\w+) [\d.]+ Tf|((?:\[(?:" + _STRING + rb"|[^\]()<>])*\]\s*TJ)|(?:" + _STRING + rb")\s*Tj)",
    re.DOTALL,
)


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(_page_bodies(_objects(pdf)))


def letters_of(pdf: bytes) -> str:
    """What the pages show, without blanks and hyphens: lines are broken anywhere. No figures."""
    objects = _objects(pdf)
    return squeezed("".join(_of_page(page, objects) for page in _page_bodies(objects)))


def squeezed(text: str) -> str:
    """Text as `letters_of` tells it; a soft hyphen or a dash at a line's end is no difference."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def _objects(pdf: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in _OBJECT.findall(pdf)}


def _page_bodies(objects: dict[int, bytes]) -> list[bytes]:
    return [body for _, body in sorted(objects.items()) if _PAGE.search(body)]


def _of_page(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = re.search(rb"/Font\s*<<(.*?)>>", _referred(page, b"Resources", objects), re.DOTALL)
    maps = {
        name: _glyphs(objects[int(font)], objects)
        for name, font in re.findall(rb"/(\w+) (\d+) 0 R", fonts[1] if fonts else b"")
    }
    told, glyphs = [], {}
    for font, shown in _SHOWN.findall(_inflated(_referred(page, b"Contents", objects))):
        if font:
            glyphs = maps[font]
            continue
        for part in re.findall(_STRING, shown, re.DOTALL):
            told += [glyphs.get(code, "") for code in _codes(part)]
    return "".join(told)


def _referred(body: bytes, name: bytes, objects: dict[int, bytes]) -> bytes:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    return objects[int(found[1])] if found else b""


def _inflated(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    if stream is None:
        return b""
    return zlib.decompress(stream[1]) if b"/FlateDecode" in body else stream[1]


def _glyphs(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Of a font: glyph to text."""
    table = _inflated(_referred(font, b"ToUnicode", objects))
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + step] = chr(int(text, 16) + step)
    return found


def _codes(part: bytes) -> list[int]:
    """Two bytes a glyph, of a literal or of a hexadecimal string."""
    inside = part[1:-1]
    raw = bytes.fromhex(inside.decode()) if part.startswith(b"<") else _unescaped(inside)
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]


def _unescaped(text: bytes) -> bytes:
    letters = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(found: re.Match[bytes]) -> bytes:
        escaped = found[1]
        return bytes([int(escaped, 8)]) if escaped.isdigit() else letters.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)
