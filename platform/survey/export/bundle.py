"""All of a closed study in one ZIP: tables, promise, figures, report, and how to check them."""

from __future__ import annotations

import importlib.metadata
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from survey.commitments import SCRIPT
from survey.export import crate, table_schema
from survey.export.psych_ds import File, path_of, psych_ds_files
from survey.figures.of_study import answers_in
from survey.figures.overlay import overlays_of
from survey.protocol import Settings, bytes_of
from survey.report.facts import facts_of
from survey.report.html import html_of
from survey.report.making import drawings_in, report_of
from survey.report.methods import methods_paragraphs
from survey.report.pdf import pdf_of
from survey.report.preregistration import preregistration
from survey.services.analyses import options_json, size_of

if TYPE_CHECKING:
    from survey.models import Analysis, Study

_PLATFORM = Path(__file__).resolve().parents[2]
# What `recompute.py` stands on: pure functions, taken along as they are.
_CODE = (
    "core/__init__.py",
    "core/cells.py",
    "survey/__init__.py",
    "survey/report/__init__.py",
    "survey/report/words.py",
    "survey/figures/*.py",
    "survey/statistics/*.py",
)
_PACKAGES = (
    "choix", "krippendorff", "numpy", "pandas", "scipy", "statsmodels", "threadpoolctl",
    "vl-convert-python",
)  # fmt: skip
# For which all of these have wheels: numpy 1.26 none above, scipy 1.17 none below.
PYTHONS = ("3.11", "3.12")
_SAYS = {
    "README.md": "What is in this bundle",
    "datapackage.json": "Types, keys and meanings of the tables' columns (Table Schema)",
    "report.html": "Report",
    "report.pdf": "Report",
    "methods.md": "Methods, ready to paste",
    "protocol/document.json": "What was fixed before the first answer, as it was hashed",
    "protocol/verify.py": "Verifies the commitment",
    "protocol/preregistration.md": "The plan in the order of OSF's preregistration form",
    "analysis/recompute.py": "Computes every figure anew from the table of answers",
    "analysis/figures.json": "Every figure of the analysis",
}


def bundle_zip(
    *,
    study: Study,
    analysis: Analysis,
    report: Callable[[int, int, str], None] = lambda done, total, step: None,
) -> bytes:
    """Make the ZIP; the same study and analysis give the same files.

    `report` is told how many files of about how many are made, and which came last.
    """
    files: dict[str, bytes] = {}
    # The marks of one image are three files; the code and the tables come besides.
    about = 3 * study.stimuli.count() + 150
    for path, content in bundle_files(study=study, analysis=analysis):
        files[path] = content
        report(min(len(files), about), about, path)
    files[crate.NAME] = crate.crate_file(study=study, files=files, says=_SAYS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def bundle_files(*, study: Study, analysis: Analysis) -> Iterator[File]:
    tables = dict(psych_ds_files(study=study))
    yield from tables.items()
    yield table_schema.NAME, table_schema.data_package(study=study, files=tables)
    yield from _protocol(study)
    yield from _analysis(study, analysis)
    for name, drawing in drawings_in(analysis).items():
        yield f"figures/{name}.svg", drawing.svg().encode()
        yield f"figures/{name}.png", drawing.png()
        yield f"figures/{name}.csv", drawing.csv().encode()
    yield from _overlays(study, analysis, tables[path_of(study, "answers")].decode())
    report = report_of(study=study, analysis=analysis)
    yield "report.html", html_of(report).encode()
    yield "report.pdf", pdf_of(report)
    facts = facts_of(study=study, document=analysis.figures)
    methods = "\n\n".join(methods_paragraphs(facts))
    yield "methods.md", f"# Methods\n\n{methods}\n".encode()
    yield "README.md", _readme(study).encode()


def _protocol(study: Study) -> Iterator[File]:
    frozen = study.protocols.order_by("-version").first()
    if frozen is None:
        return
    yield "protocol/document.json", bytes_of(frozen.document)
    yield "protocol/nonce.txt", frozen.nonce.encode()
    yield "protocol/commitment.txt", f"{frozen.commitment}\n".encode()
    yield "protocol/verify.py", SCRIPT.encode()
    yield "protocol/preregistration.md", preregistration(study=study).encode()


def _overlays(study: Study, analysis: Analysis, answers: str) -> Iterator[File]:
    """Each image's marks without the picture, which is its owner's."""
    width_px, height_px = size_of(study)
    found = overlays_of(
        analysis.figures, answers_in(answers), width_px=width_px, height_px=height_px
    )
    for number, overlay in found.items():
        yield f"figures/images/{number}.svg", overlay.svg().encode()
        yield f"figures/images/{number}.png", overlay.png()
        yield f"figures/images/{number}.csv", overlay.csv().encode()


def _analysis(study: Study, analysis: Analysis) -> Iterator[File]:
    width_px, height_px = size_of(study)
    told = {
        "answers": path_of(study, "answers"),
        "images": path_of(study, "images"),
        "task": Settings.of(study).task,
        "options": options_json(study),
        "width_px": width_px,
        "height_px": height_px,
    }
    yield "analysis/study.json", _json(told)
    yield "analysis/figures.json", _json(analysis.figures)
    yield "analysis/recompute.py", Path(__file__).with_name("recompute.py").read_bytes()
    pinned = [f"{name}=={importlib.metadata.version(name)}" for name in _PACKAGES]
    head = f"# For Python {' or '.join(PYTHONS)}."
    yield "analysis/requirements.txt", ("\n".join([head, *pinned]) + "\n").encode()
    for pattern in _CODE:
        for path in sorted(_PLATFORM.glob(pattern)):
            yield f"analysis/{path.relative_to(_PLATFORM)}", path.read_bytes()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _readme(study: Study) -> str:
    return f"""\
# {" ".join(study.name.split())}

A blinded survey: are these micrographs real or artificial?

* `data/` holds the tables, one row a presentation, a rater, an image, an event; the file beside
  each says what its columns mean (Psych-DS); `datapackage.json` says the same to programs (Table
  Schema: `frictionless validate datapackage.json`).
* `report.html` and `report.pdf` say what came out; `methods.md` is ready to paste; `figures/` has
  every figure as SVG, PNG and data, and in `figures/images/` where each image was marked, by the
  image's number.
* `protocol/` holds what was fixed before the first answer. `python protocol/verify.py
  protocol/document.json protocol/nonce.txt COMMITMENT` verifies it against the commitment that
  was published then (also in `commitment.txt`); `preregistration.md` says the plan in words.
* `analysis/recompute.py` computes every figure anew from the table of answers. It takes
  Python {" or ".join(PYTHONS)}:

      python{PYTHONS[0]} -m venv env
      env/bin/pip install -r analysis/requirements.txt
      env/bin/python analysis/recompute.py

* `ro-crate-metadata.json` names every file with its SHA-256, and what an archive asks for
  (DataCite); publisher and DOI come with the deposit. Images are named by their hashes and
  not enclosed: their licences are their owners'. The report shows small copies of the hardest few;
  whoever publishes it minds these licences.

Raters appear under pseudonyms. Texts that a spreadsheet would compute have a quote in front.
"""
