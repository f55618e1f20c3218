"""A hostile ZIP: every bad entry is named with its reason, every good one is taken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.contracts import Ingested
from tests.pipeline.ingest import hostile
from tests.pipeline.ingest.conftest import Ingest


def refusals(ingested: Ingested) -> dict[str, str]:
    return {refusal.name: refusal.kind for refusal in ingested.refused}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("/etc/passwd.png", "outside"),
        ("C:\\windows\\a.png", "outside"),
        ("../a.png", "outside"),
        ("images/../../a.png", "outside"),
        ("inner.zip", "nested"),
        ("notes.txt", "unknown"),
        ("broken.png", "unreadable"),
    ],
)
def test_a_bad_entry_is_named_and_the_good_ones_are_taken(
    uploads: Path, ingest: Ingest, tmp_path: Path, name: str, kind: str
) -> None:
    hostile.zip_of(
        uploads / "batch.zip", {"good.png": hostile.png(1), name: b"x", "also.png": hostile.png(2)}
    )
    ingested = ingest()
    assert [image.name for image in ingested.images] == ["batch.zip/also.png", "batch.zip/good.png"]
    shown = name.replace("\\", "/")
    assert refusals(ingested) == {f"batch.zip/{shown}": kind}
    assert {path.name for path in tmp_path.iterdir()} == {"uploads", "out"}


def test_a_link_is_refused_and_not_followed(uploads: Path, ingest: Ingest) -> None:
    path = hostile.zip_of(uploads / "a.zip", {"good.png": hostile.png()})
    hostile.add_link(path, "link.png", "/etc/passwd")
    ingested = ingest()
    assert refusals(ingested) == {"a.zip/link.png": "link"}
    assert len(ingested.images) == 1


def test_an_encrypted_entry_is_refused(uploads: Path, ingest: Ingest) -> None:
    path = hostile.zip_of(
        uploads / "a.zip", {"good.png": hostile.png(), "secret.png": hostile.png(3)}
    )
    hostile.set_encrypted(path, "secret.png")
    assert refusals(ingest()) == {"a.zip/secret.png": "encrypted"}


def test_an_archive_that_hides_as_an_image_is_refused(uploads: Path, ingest: Ingest) -> None:
    inner = hostile.zip_of(uploads / "inner.zip", {"a.png": hostile.png()}).read_bytes()
    (uploads / "inner.zip").unlink()
    hostile.zip_of(uploads / "a.zip", {"x.png": inner, "good.png": hostile.png()})
    assert refusals(ingest()) == {"a.zip/x.png": "nested"}


def test_a_bomb_is_refused_before_it_unpacks(uploads: Path, ingest: Ingest, tmp_path: Path) -> None:
    hostile.zip_of(
        uploads / "a.zip",
        {"good.png": hostile.png(), "bomb.png": bytes(100_000_000)},
        compression=zipfile.ZIP_DEFLATED,
    )
    ingested = ingest()
    assert refusals(ingested) == {"a.zip/bomb.png": "bomb"}
    assert "100 MB" in ingested.refused[0].reason
    assert len(ingested.images) == 1
    assert sum(p.stat().st_size for p in (tmp_path / "out").rglob("*") if p.is_file()) < 1_000_000


def test_what_is_beyond_the_total_of_one_zip_is_refused(uploads: Path, ingest: Ingest) -> None:
    members = {f"{n}.png": hostile.png(n, size=(800, 800)) for n in range(3)}  # 0.64 MB each
    hostile.zip_of(uploads / "a.zip", members)
    ingested = ingest(max_unpacked_mb=1)
    assert refusals(ingested) == {"a.zip/1.png": "bomb", "a.zip/2.png": "bomb"}


def test_entries_beyond_the_limit_are_left_out_in_one_sentence(
    uploads: Path, ingest: Ingest
) -> None:
    members = {"a.png": hostile.png(), "b.png": hostile.png(2)}
    members |= {f"{n}.txt": b"" for n in range(10_100)}
    hostile.zip_of(uploads / "a.zip", members)
    ingested = ingest()
    assert len(ingested.images) == 2
    (refusal,) = (r for r in ingested.refused if r.kind == "too-many")
    assert refusal.reason.startswith(
        "holds 10,102 files; 10,000 are taken of one ZIP, the last 102"
    )


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Körner µ.png".encode(), "Körner µ.png"),
        ("Körner.png".encode("cp1252"), "Körner.png"),
        ("粒子.png".encode(), "粒子.png"),
        (b"a\xe2\x80\xaegpj.png", "a\N{REPLACEMENT CHARACTER}gpj.png"),
    ],
)
def test_odd_encodings_of_names_are_read_as_meant(
    uploads: Path, ingest: Ingest, raw: bytes, name: str
) -> None:
    path = hostile.zip_of(uploads / "a.zip", {})
    hostile.add_raw_name(path, raw, hostile.png())
    assert [image.name for image in ingest().images] == [f"a.zip/{name}"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"no zip at all"])
def test_a_zip_that_is_none_costs_only_itself(
    uploads: Path, ingest: Ingest, content: bytes
) -> None:
    (uploads / "a.zip").write_bytes(content)
    (uploads / "good.png").write_bytes(hostile.png())
    ingested = ingest()
    assert refusals(ingested) == {"a.zip": "archive"}
    assert [image.name for image in ingested.images] == ["good.png"]


def test_a_damaged_member_costs_only_itself(uploads: Path, ingest: Ingest) -> None:
    path = hostile.zip_of(uploads / "a.zip", {"bad.png": hostile.png(1), "ok.png": hostile.png(2)})
    whole = bytearray(path.read_bytes())
    whole[100] ^= 0xFF
    path.write_bytes(bytes(whole))
    ingested = ingest()
    assert refusals(ingested) == {"a.zip/bad.png": "archive"}
    assert [image.name for image in ingested.images] == ["a.zip/ok.png"]


def test_what_file_managers_leave_behind_is_not_worth_a_word(uploads: Path, ingest: Ingest) -> None:
    hostile.zip_of(
        uploads / "a.zip",
        {"a.png": hostile.png(), "__MACOSX/._a.png": b"x", ".DS_Store": b"x", "Thumbs.db": b"x"},
    )
    ingested = ingest()
    assert len(ingested.images) == 1
    assert ingested.refused == ()
