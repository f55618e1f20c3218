"""Reads the imports of source files without running them."""

import ast
from collections.abc import Iterator
from pathlib import Path


def imported_modules(source: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, in functions and type-checking blocks too."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _is_dynamic_import(node.func):
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value


def _is_dynamic_import(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"import_module", "__import__"}


def importers(root: Path, *, of: set[str]) -> list[str]:
    """The files below `root`, relative to it, that import one of the packages `of`."""
    return sorted(
        source.relative_to(root).as_posix()
        for source in root.rglob("*.py")
        if any(name.partition(".")[0] in of for name in imported_modules(source))
    )
