"""Writes `OUT/report.html`: what was made, what was found, how good it is, how long it took."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from pipeline import __version__, codec, files, layout
from pipeline.contracts import QuickstartSpec, StageResult
from pipeline.quickstart import figures
from pipeline.quickstart.plan import PAIRS, PARTICLES, SCORES, Step

REPORT, FOLDER = "report.html", "report"
SHOWN_PAIRS, SHOWN_IMAGES = 6, 28
GENERATORS = {"render": "the physics renderer", "paper": "the paper's CycleGAN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that has ended: its result and its wall time."""

    step: Step
    result: StageResult
    seconds: float


def write_report(spec: QuickstartSpec, out: Path, *, done: list[Done], truth: str) -> Path:
    """Write the report and its pictures; return the path of the page.

    Parameters
    ----------
    spec : QuickstartSpec
        What was asked.
    out : Path
        The quickstart's output folder with the folders of its steps.
    done : list of Done
        The steps in the order in which they ran.
    truth : str
        Folder of the masks; empty where there are none.
    """
    pictures = out / FOLDER
    particles = pd.read_csv(
        out / PARTICLES / "particles.csv", keep_default_na=False, na_values=[""]
    )
    scores = _scores(out / SCORES) if truth else None
    last = next(d.result for d in done if d.step.folder == PARTICLES)
    counted = particles[particles["excluded"].isna()]
    unit = "nm" if counted["equivalent_diameter_nm"].notna().any() else "px"
    diameters = pd.Series(counted[f"equivalent_diameter_{unit}"].to_numpy(np.float64))
    true = _true_diameters(out / SCORES, particles, unit=unit) if truth else None
    page = {
        "lead": _lead(spec, counted, particles),
        "figures": _headline(scores, diameters, unit=unit),
        "generator": GENERATORS[spec.generator],
        "pairs": _pairs(out, pictures),
        "real": bool(spec.real),
        "images": _images(out, particles),
        "refused": last.refused,
        "warnings": grouped(last.warnings),
        "histogram": _histogram(pictures, diameters, true, unit=unit),
        "sizes": _sizes(diameters, particles, unit=unit),
        "scores": scores,
        "steps": [
            {"title": d.step.title, "folder": d.step.folder, "time": duration(d.seconds)}
            for d in done
        ],
        "total": duration(sum(d.seconds for d in done)),
        "version": __version__,
        "seed": spec.seed,
        "threads": last.threads,
        "device": last.device,
        "command": command(spec),
    }
    style = (resources.files("pipeline.quickstart") / "report.css").read_text()
    files.write_text(pictures / "report.css", style)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.quickstart", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return files.write_text(out / REPORT, environment.get_template(REPORT).render(page))


def command(spec: QuickstartSpec) -> str:
    """Return the shell command of a spec, without the options that have their default."""
    words = ["semblance", "quickstart"]
    for info in codec.fields_of(QuickstartSpec):
        value = getattr(spec, info.name)
        if value != info.default:
            values = value if isinstance(value, tuple) else (value,)
            words += ["--" + info.name.replace("_", "-"), *(str(part) for part in values)]
    return shlex.join(words)


def duration(seconds: float) -> str:
    """Return a wall time for people, e.g. ``3 min 05 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _lead(spec: QuickstartSpec, counted: pd.DataFrame, particles: pd.DataFrame) -> str:
    kind = "real" if spec.real else "held-out artificial"
    number = particles["image"].nunique()
    return (
        f"A network trained only on artificial images found {len(particles):,} particles in "
        f"{number} {kind} image{'' if number == 1 else 's'}; {len(counted):,} of them count for "
        "the sizes."
    )


def _headline(
    scores: dict[str, Any] | None, diameters: pd.Series[float], *, unit: str
) -> list[dict[str, str]]:
    shown = []
    if scores:
        mean = scores["mean"]
        shown += [
            {"name": title, "value": _cell(mean[name]), "note": "mean over images"}
            for title, name in (("Foreground IoU", "foreground_iou"), ("F1 at IoU 0.5", "f1"))
        ]
    shown.append({"name": "Particles", "value": f"{len(diameters):,}", "note": "that count"})
    if len(diameters):
        low, middle, high = np.percentile(diameters, [10, 50, 90])
        note = f"D10 {low:.0f}, D90 {high:.0f} {unit}"
        shown.append({"name": "Median diameter", "value": f"{middle:.0f} {unit}", "note": note})
    return shown


def _pairs(out: Path, pictures: Path) -> list[dict[str, Any]]:
    seen: set[Path] = set()
    rows: list[dict[str, Any]] = []
    for image, scene, _ in layout.read_pairs(str(out / PAIRS)):
        if scene.folder in seen or len(rows) == SHOWN_PAIRS:
            continue
        seen.add(scene.folder)
        truth, name = scene.truth(), scene.folder.name
        panels = figures.scene_panels(scene.folder, pictures, name)
        shown = figures.with_scale_bar(layout.read_image(image), nm_per_px=truth.nm_per_px)
        files.write_png(pictures / f"{name}-sem.png", shown)
        rows.append(
            {
                "name": str(truth.index + 1),
                "particles": sum(p.visible_px > 0 for p in truth.particles),
                "top_nm": f"{truth.top_nm:.0f}",
                "scene": f"{FOLDER}/{panels['scene']}",
                "height": f"{FOLDER}/{panels['height']}",
                "image": f"{FOLDER}/{name}-sem.png",
            }
        )
    return rows


def _images(out: Path, particles: pd.DataFrame) -> list[dict[str, str]]:
    counts = particles.groupby("image").size()
    shown = []
    for path in sorted((out / PARTICLES / "overlays").glob("*.png"))[:SHOWN_IMAGES]:
        number = next(
            (int(n) for image, n in counts.items() if Path(str(image)).stem == path.stem), 0
        )
        note = f"{number} particle{'' if number == 1 else 's'}"
        shown.append({"name": path.stem, "overlay": path.relative_to(out).as_posix(), "note": note})
    return shown


def _histogram(
    pictures: Path, found: pd.Series[float], true: pd.Series[float] | None, *, unit: str
) -> str:
    if found.empty:
        return ""
    chart = figures.size_histogram(found, true, unit=unit)
    figures.write_svg(pictures / "sizes.svg", chart)
    return f"{FOLDER}/sizes.svg"


def _true_diameters(folder: Path, particles: pd.DataFrame, *, unit: str) -> pd.Series[float]:
    """Return the diameters of the masks' particles that count, in `unit`."""
    table = pd.read_csv(folder / "diameters.csv", dtype={"image": str})
    table = table[table["source"] == "true"]
    values = table["equivalent_diameter_px"].to_numpy(np.float64)
    if unit == "nm":
        per_px = particles["equivalent_diameter_nm"] / particles["equivalent_diameter_px"]
        scale = per_px.groupby(particles["image"].map(lambda name: Path(name).stem)).median()
        values = values * table["image"].map(scale).to_numpy(np.float64)
    return pd.Series(values[np.isfinite(values)])


def grouped(warnings: tuple[str, ...]) -> list[str]:
    """Say once what is true of many images: warnings start with the image's name and a colon."""
    groups: dict[str, list[str]] = {}
    for warning in warnings:
        _, colon, said = warning.partition(": ")
        groups.setdefault(said if colon else warning, []).append(warning)
    return [
        group[0] if len(group) == 1 else f"{len(group)} images: {said}"
        for said, group in groups.items()
    ]


def _sizes(diameters: pd.Series[float], particles: pd.DataFrame, *, unit: str) -> str:
    if diameters.empty:
        return ""
    left_out = particles["excluded"].dropna().value_counts()
    reasons = "; ".join(f"{n:,}: {reason}" for reason, n in left_out.items()) or "none"
    spread = f" ± {diameters.std(ddof=1):.0f}" if len(diameters) > 1 else ""
    return (
        f"{len(diameters):,} particles, equivalent diameter {diameters.mean():.0f}{spread} {unit} "
        f"(mean and standard deviation). Left out: {reasons}."
    )


_SCORE_NAMES = {
    "foreground_iou": "IoU",
    "f1": "F1",
    "ap": "AP",
    "pq": "PQ",
    "count_ratio": "found / true",
    "diameter_distance_px": "W1 of diameters / px",
}


def _scores(folder: Path) -> dict[str, Any]:
    """Return the table of scores and the means, as `evaluate` wrote them."""
    path = folder / "scores.json"
    overall = codec.parse_json(path.read_text(), source=str(path))
    table = pd.read_csv(folder / "scores.csv", dtype={"image": str})
    rows = [
        [row["image"], *(_cell(row[name]) for name in _SCORE_NAMES)] for _, row in table.iterrows()
    ]
    foot = [
        [title, *(_cell(overall[kind][name]) for name in _SCORE_NAMES)]
        for title, kind in (("mean over images", "mean"), ("all as one image", "pooled"))
    ]
    return {
        "columns": ["image", *_SCORE_NAMES.values()],
        "rows": rows,
        "foot": foot,
        "mean": overall["mean"],
    }


def _cell(value: float | None) -> str:
    return "undefined" if value is None or np.isnan(value) else f"{value:.3f}"
