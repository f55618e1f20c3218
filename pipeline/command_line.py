"""The `semblance` command: its options are made from the fields of the specs."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pipeline import __version__, codec, contracts
from pipeline.codec import FieldInfo
from pipeline.contracts import StageSpec
from pipeline.errors import SpecRefused

_COMMANDS: dict[tuple[str, ...], type[StageSpec]] = {
    ("simulate",): contracts.SimulateSpec,
    ("translate", "render"): contracts.RenderSpec,
    ("translate", "train"): contracts.CycleGanTrainSpec,
    ("translate", "generate"): contracts.CycleGanGenerateSpec,
    ("segment", "train"): contracts.SegmentTrainSpec,
    ("segment", "predict"): contracts.SegmentPredictSpec,
    ("measure",): contracts.MeasureSpec,
    ("evaluate",): contracts.EvaluateSpec,
    ("labels", "edit"): contracts.EditLabelsSpec,
    ("labels", "compare"): contracts.CompareLabelsSpec,
    ("labels", "pairs"): contracts.LabelPairsSpec,
    ("quickstart",): contracts.QuickstartSpec,
    ("fetch",): contracts.FetchSpec,
    ("stimuli",): contracts.StimuliSpec,
    ("ingest",): contracts.IngestSpec,
    ("export",): contracts.ExportSpec,
}
_GROUPS = {
    "translate": "height maps to artificial SEM images",
    "segment": "find the particles of SEM images",
    "labels": "correct label images, and hold two against each other",
}
# A spec has no default for the folders it reads; at a shell one command follows the other.
_SHELL_DEFAULTS: dict[tuple[type[StageSpec], str], Any] = {
    (contracts.RenderSpec, "scenes"): "out/simulate",
    (contracts.CycleGanTrainSpec, "scenes"): "out/simulate",
    (contracts.CycleGanGenerateSpec, "scenes"): "out/simulate",
    (contracts.CycleGanGenerateSpec, "generator"): "out/cyclegan-train",
    (contracts.SegmentTrainSpec, "pairs"): ("out/render",),
    (contracts.MeasureSpec, "labels"): "out/segment-predict",
    (contracts.EvaluateSpec, "predictions"): "out/segment-predict",
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    top = argparse.ArgumentParser(
        prog="semblance",
        description="Particles dropped in Blender become artificial SEM images; a network trained "
        "on them measures real ones.",
        epilog="Each stage writes into a folder of its own and goes on where it stopped when the "
        "same command is given again.",
    )
    top.add_argument("--version", action="version", version=f"semblance {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run", help="run any stage from a spec in JSON", description=_RUN, allow_abbrev=False
    )
    run.add_argument("spec", metavar="SPEC.json", help="the spec; `semblance spec` prints one")
    run.add_argument("out", metavar="OUT", help="output folder: empty, or of the same spec")
    for name, text in (
        ("spec", "print a stage's spec with its defaults"),
        ("schema", "print the JSON Schema of a stage's spec"),
    ):
        command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
        command.add_argument("stage", choices=sorted(contracts.SPEC_OF))

    groups: dict[str, Any] = {}
    for words, spec_class in _COMMANDS.items():
        holder = commands
        if len(words) == 2:
            if words[0] not in groups:
                group = commands.add_parser(words[0], help=_GROUPS[words[0]])
                groups[words[0]] = group.add_subparsers(required=True, metavar="COMMAND")
            holder = groups[words[0]]
        _add_stage(holder, words[-1], spec_class)
    return top


_RUN = (
    "Run the stage that a spec asks for. On a terminal a progress display is shown, else one JSON "
    "event a line is written. The stage ends when its standard input is a pipe and closes."
)


def _add_stage(holder: Any, name: str, spec_class: type[StageSpec]) -> None:
    summary = (spec_class.__doc__ or "").strip().split("\n")[0]
    command = holder.add_parser(
        name,
        help=summary,
        description=summary,
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    command.set_defaults(spec_class=spec_class)
    command.add_argument(
        "--out", default=f"out/{spec_class.stage}", metavar="DIR", help="Output folder."
    )
    for info in codec.fields_of(spec_class):
        _add_option(command, info, spec_class)


def _add_option(
    command: argparse.ArgumentParser, info: FieldInfo, spec_class: type[StageSpec]
) -> None:
    default = _SHELL_DEFAULTS.get((spec_class, info.name), info.default)
    required = info.required and (spec_class, info.name) not in _SHELL_DEFAULTS
    unit = f" [{info.param.unit}]" if info.param.unit else ""
    hint = codec.optional_inner(info.type) or info.type
    options: dict[str, Any] = {
        "dest": info.name,
        "required": required,
        "default": argparse.SUPPRESS if required else default,
        "help": info.param.help.replace("%", "%%") + unit,
    }
    if hint is bool:
        options["action"] = argparse.BooleanOptionalAction
    elif get_origin(hint) is tuple:
        args = get_args(hint)
        options["nargs"] = "+" if args[-1] is Ellipsis else len(args)
        options |= _scalar_options(args[0], info)
    else:
        options |= _scalar_options(hint, info)
    command.add_argument("--" + info.name.replace("_", "-"), **options)


def _scalar_options(hint: Any, info: FieldInfo) -> dict[str, Any]:
    if get_origin(hint) is Literal:
        choices = get_args(hint)
        return {"choices": choices, "type": type(choices[0])}
    metavar = {"file": "PATH", "folder": "DIR"}.get(info.param.path)
    return {"type": hint, "metavar": metavar or {int: "N", float: "X", str: "TEXT"}[hint]}


def asked(arguments: Sequence[str]) -> tuple[StageSpec, Path] | str:
    """Return the spec and output folder that a command line asks for, or text to print.

    Raises
    ------
    SpecRefused
        A value is impossible, or the spec file cannot be read.
    SystemExit
        The command line itself is wrong, or help was asked for (argparse).
    """
    given = vars(parser().parse_args(arguments))
    command = given.pop("command")
    if command == "schema":
        return json.dumps(contracts.spec_schema(contracts.SPEC_OF[given["stage"]]), indent=1)
    if command == "spec":
        return _default_spec(contracts.SPEC_OF[given["stage"]]).rstrip("\n")
    if command == "run":
        return _read_spec(given["spec"]), Path(given["out"])
    spec_class, out = given.pop("spec_class"), given.pop("out")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    return spec_class(**values), Path(out)


def _default_spec(spec_class: type[StageSpec]) -> str:
    missing = {
        info.name: _SHELL_DEFAULTS.get((spec_class, info.name), "FOLDER")
        for info in codec.fields_of(spec_class)
        if info.required
    }
    return contracts.spec_to_json(spec_class(**missing))


def _read_spec(name: str) -> StageSpec:
    try:
        text = Path(name).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SpecRefused(name, f"cannot be read ({error})") from None
    return contracts.spec_from_json(text)
