"""Grey PNGs are decoded exactly in the browser, and outlines lie where labels change."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

DECODE = """async ([bytes]) => {
    const { decodePng16 } = await import("/static/js/raster.js");
    const raster = await decodePng16(new Uint8Array(bytes));
    return [raster.width, raster.height, raster.depth, Array.from(raster.data)];
}"""


@pytest.fixture
def viewport() -> dict[str, int]:
    return {"width": 800, "height": 600}  # nothing here depends on it


@pytest.fixture
def decoded(page: Page, live_server: LiveServer) -> Callable[[bytes], NDArray[Any]]:
    page.goto(f"{live_server.url}/accounts/sign-in")

    def decode(png: bytes) -> NDArray[Any]:
        width, height, _, values = page.evaluate(DECODE, [list(png)])
        return np.array(values).reshape(height, width)

    return decode


def filtered_png(image: NDArray[np.uint16], kinds: list[int]) -> bytes:
    """A 16-bit PNG whose line i is filtered by `kinds[i % len(kinds)]`, as the standard says."""
    height, width = image.shape
    raw = image.astype(">u2").tobytes()
    lines = np.frombuffer(raw, np.uint8).reshape(height, width * 2).astype(int)
    up = np.vstack([np.zeros((1, width * 2), int), lines[:-1]])
    left = np.hstack([np.zeros((height, 2), int), lines[:, :-2]])
    corner = np.hstack([np.zeros((height, 2), int), up[:, :-2]])
    guess = left + up - corner
    distances = np.stack([abs(guess - left), abs(guess - up), abs(guess - corner)])
    paeth = np.choose(distances.argmin(axis=0), [left, up, corner])
    predicted = [np.zeros_like(lines), left, up, (left + up) // 2, paeth]
    body = b"".join(
        bytes([kind]) + ((lines[row] - predicted[kind][row]) % 256).astype(np.uint8).tobytes()
        for row, kind in ((row, kinds[row % len(kinds)]) for row in range(height))
    )

    def chunk(name: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    packed = zlib.compress(body)
    halves = packed[: len(packed) // 2], packed[len(packed) // 2 :]
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(b"IDAT", half) for half in halves)
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("broken", ["no PNG", "colour", "cut"])
def test_what_cannot_be_read_exactly_is_refused(
    decoded: Callable[[bytes], NDArray[Any]], broken: str
) -> None:
    png = cv2.imencode(".png", np.zeros((4, 4, 3), np.uint8))[1].tobytes()
    if broken == "no PNG":
        png = b"GIF89a" + png
    elif broken == "cut":
        png = cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes()[:40]
    with pytest.raises(Exception, match=r"no PNG|Only grey PNGs|holds no image"):
        decoded(png)


@pytest.mark.parametrize("kind", [[0], [1], [2], [3], [4], [0, 1, 2, 3, 4]], ids=str)
def test_each_filter_gives_every_value_back(
    decoded: Callable[[bytes], NDArray[Any]], kind: list[int]
) -> None:
    image = np.random.default_rng(3).integers(0, 65536, (13, 17)).astype(np.uint16)
    image[2:9, 3:12] = 65535
    np.testing.assert_array_equal(decoded(filtered_png(image, kind)), image)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_what_the_pipeline_writes_is_read_exactly(
    decoded: Callable[[bytes], NDArray[Any]], depth: Any
) -> None:
    rows, columns = np.indices((40, 61))
    image = ((rows * 1601 + columns * 7) % (np.iinfo(depth).max + 1)).astype(depth)
    np.testing.assert_array_equal(decoded(cv2.imencode(".png", image)[1].tobytes()), image)


def test_outlines_lie_where_labels_change(page: Page, live_server: LiveServer) -> None:
    labels = np.zeros((24, 30), int)
    labels[2:12, 3:14], labels[2:12, 14:20], labels[18:24, 25:30] = 7, 8, 900
    page.goto(f"{live_server.url}/accounts/sign-in")
    alpha = page.evaluate(
        """async ([width, height, values]) => {
            const { labelOutlines } = await import("/static/js/raster.js");
            const out = labelOutlines({ width, height, data: Uint16Array.from(values) });
            return Array.from(out.data).filter((_, at) => at % 4 === 3);
        }""",
        [30, 24, labels.ravel().tolist()],
    )
    padded = np.pad(labels, 1, mode="edge")
    neighbours = [padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]]
    expected = (labels > 0) & np.any([other != labels for other in neighbours], axis=0)
    np.testing.assert_array_equal(np.array(alpha).reshape(24, 30) == 255, expected)


def test_a_labels_colour_is_stable_and_differs_from_the_next(
    page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/accounts/sign-in")
    colours = page.evaluate(
        """async () => {
            const { labelColours } = await import("/static/js/raster.js");
            return [labelColours(65535), labelColours(65535)];
        }"""
    )
    assert colours[0] == colours[1]
    assert all(a != b for a, b in zip(colours[0], colours[0][1:], strict=False))


# ---- large ones, in a worker ---------------------------------------------------------------------

LOAD = """async ([bytes]) => {
    const { loadPng16 } = await import("/static/js/raster.js");
    const parts = [];
    let frames = 0;
    const real = globalThis.fetch;
    globalThis.fetch = async () => new Response(new Uint8Array(bytes));
    const count = () => { frames += 1; going = requestAnimationFrame(count); };
    let going = requestAnimationFrame(count);
    try {
        const raster = await loadPng16("/a.png", { onProgress: (part) => parts.push(part) });
        const sum = raster.data.reduce((total, value) => total + value, 0);
        const corner = raster.data.at(-1);
        return { width: raster.width, height: raster.height, sum, corner, parts, frames };
    } finally {
        cancelAnimationFrame(going);
        globalThis.fetch = real;
    }
}"""


def large(side_px: int = 4096) -> NDArray[np.uint16]:
    rows, columns = np.indices((side_px, side_px))
    return np.asarray(rows // 64 * 64 + columns // 64 + 1, np.uint16)


def load(page: Page, live_server: LiveServer, content: bytes) -> Any:
    page.goto(f"{live_server.url}/accounts/sign-in")
    return page.evaluate(LOAD, [list(content)])


def test_a_large_png_that_is_cut_off_is_refused_in_a_sentence(
    page: Page, live_server: LiveServer
) -> None:
    content = cv2.imencode(".png", large(2048))[1].tobytes()
    cut = content[:-200] + bytes(50)
    with pytest.raises(Exception, match="ends too early or is damaged"):
        load(page, live_server, cut)


def test_a_large_png_is_decoded_in_a_worker_while_the_page_goes_on(
    page: Page, live_server: LiveServer
) -> None:
    workers: list[str] = []
    page.on("worker", lambda worker: workers.append(worker.url))
    image = large()
    told = load(page, live_server, cv2.imencode(".png", image)[1].tobytes())
    assert [url.rpartition("/")[2] for url in workers] == ["png16_worker.js"]
    assert (told["width"], told["height"]) == (4096, 4096)
    assert told["sum"] == int(image.sum(dtype=np.int64))
    assert told["corner"] == int(image[-1, -1])
    assert told["parts"] == sorted(told["parts"])
    assert told["parts"], "progress was told"
    assert all(0 <= part <= 1 for part in told["parts"])
    assert told["frames"] > 3, "the page was drawn meanwhile"
