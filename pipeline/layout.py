"""Where simulated scenes and artificial images lie on disk, and how to read them.

A scene is a folder ``OUT/scenes/00000`` that simulate wrote::

    height.tif  float32, nm above the holder     height.png  uint16, the same normalised to [0, 1]
    labels.png  uint16, 0 is the holder          mask.png    uint8, 255 on particles
    edges.png   uint8, Freestyle's lines         rimmed.png  uint8, mask with a dark rim (the paper)
    scene.json  SceneTruth

A translate stage writes ``OUT/images/*.png`` and ``OUT/pairs.json``, which names the scene of
each image.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import codec, files
from pipeline.contracts import Pair, PairList, SceneTruth
from pipeline.errors import InputRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCENES, IMAGES, PAIRS = "scenes", "images", "pairs.json"
HEIGHT, HEIGHT_PNG, LABELS = "height.tif", "height.png", "labels.png"
MASK, EDGES, RIMMED, TRUTH = "mask.png", "edges.png", "rimmed.png", "scene.json"


def scene_folder(out: Path, index: int) -> Path:
    """Return the folder of a scene in simulate's output folder."""
    return out / SCENES / f"{index:05d}"


def scene_folders(root: str) -> list[Path]:
    """Return the finished scenes in simulate's output folder, in order.

    Raises
    ------
    InputRefused
        There are none.
    """
    found = sorted(path.parent for path in (Path(root) / SCENES).glob(f"*[0-9]/{TRUTH}"))
    if not found:
        raise InputRefused(root, "holds no simulated scenes; make some with `semblance simulate`.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A simulated scene, read from disk one array at a time."""

    folder: Path

    def truth(self) -> SceneTruth:
        """Return what is exactly known of the scene and its particles."""
        path = self.folder / TRUTH
        return codec.from_jsonable(SceneTruth, codec.parse_json(path.read_text(), source=str(path)))

    def height_nm(self) -> NDArray[np.float32]:
        """Return the height map, shape (H, W), float32, in nm, the holder at 0."""
        import tifffile

        path = self.folder / HEIGHT
        try:
            height: NDArray[np.float32] = tifffile.imread(path)
        except (OSError, ValueError, tifffile.TiffFileError) as error:
            raise InputRefused(
                str(path), f"cannot be read ({error}); simulate the scene again."
            ) from None
        return height

    def labels(self) -> NDArray[np.uint16]:
        """Return the instance labels, shape (H, W), uint16, 0 on the holder."""
        return _read_png(self.folder / LABELS)

    def rimmed(self) -> NDArray[np.uint8]:
        """Return the annotation mask with a dark rim on each particle, (H, W), uint8."""
        return _read_png(self.folder / RIMMED)


def _read_png(path: Path) -> NDArray[Any]:
    import cv2

    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise InputRefused(str(path), "cannot be read; simulate the scene again.")
    found: NDArray[Any] = image
    return found


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return an artificial SEM image, shape (H, W), uint8."""
    return _read_png(path)


def pair(out: Path, *, image: Path, scene: Path, parameters: dict[str, float]) -> Pair:
    """Describe an image, written to `out`, that was made from a scene.

    Its paths are relative to `out`, so that folders can move.
    """
    from pipeline import looks

    return Pair(
        image=image.relative_to(out).as_posix(),
        scene=Path(os.path.relpath(scene, out)).as_posix(),
        parameters=parameters,
        phash=looks.phash(read_image(image)),
    )


def write_pairs(out: Path, pairs: PairList) -> Path:
    """Write `pairs.json`."""
    return files.write_json(out / PAIRS, pairs)


def read_pairs(root: str) -> list[tuple[Path, Scene, Pair]]:
    """Return image path, scene and description of each pair of a translate stage's output.

    Raises
    ------
    InputRefused
        The folder is not one, or a scene it names is gone.
    """
    folder = Path(root)
    path = folder / PAIRS
    if not path.is_file():
        raise InputRefused(root, "holds no pairs.json; make one with `semblance translate`.")
    listed = codec.from_jsonable(PairList, codec.parse_json(path.read_text(), source=str(path)))
    found = []
    for entry in listed.pairs:
        scene = Path(os.path.normpath(folder / entry.scene))
        if not (scene / TRUTH).is_file():
            raise InputRefused(root, f"its scene {scene} is gone; keep simulate's folder.")
        found.append((folder / entry.image, Scene(folder=scene), entry))
    return found
