"""The packages of others do their work under our policy: the browser complains of nothing."""

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = [
    pytest.mark.urls("tests.browser.gallery"),
    pytest.mark.skipif(
        not (settings.ROOT / "static_vendor" / ".stamp").is_file(),
        reason="no front-end packages; make them: python manage.py vendor",
    ),
]

BOX = """() => {
    const box = document.createElement("div");
    box.id = "box";
    document.getElementById("main").replaceChildren(box);
    Object.assign(box.style, { width: "300px", height: "200px" });
}"""


@pytest.fixture
def viewport() -> dict[str, int]:
    return {"width": 800, "height": 600}  # nothing here depends on it


@pytest.fixture
def box(page: Page, live_server: LiveServer) -> Page:
    page.goto(f"{live_server.url}/gallery")
    page.evaluate(BOX)
    return page


@pytest.mark.parametrize("drawer", ["webgl", "canvas"])
def test_openseadragon_shows_an_image(box: Page, drawer: str) -> None:
    drawn = box.evaluate(
        """async (drawer) => {
        const { default: OpenSeadragon } = await import("/static/vendor/openseadragon.js");
        const viewer = OpenSeadragon({
            element: document.getElementById("box"),
            drawer: [drawer, "canvas"],
            tileSources: { type: "image", url: "/image.svg" },
            showNavigationControl: false,
        });
        await new Promise((resolve, reject) => {
            viewer.addHandler("tile-loaded", resolve);
            viewer.addHandler("open-failed", (event) => reject(new Error(event.message)));
            setTimeout(() => reject(new Error("nothing was drawn")), 10_000);
        });
        await new Promise((resolve) => setTimeout(resolve, 300));
        return document.querySelectorAll("#box canvas").length;
    }""",
        drawer,
    )
    assert drawn >= 1


def test_vega_draws_a_chart(box: Page) -> None:
    marks = box.evaluate("""async () => {
        const { default: embed } = await import("/static/vendor/vega.js");
        const spec = {
            data: { values: [{ size: 1, count: 3 }, { size: 2, count: 5 }] },
            mark: { type: "bar", tooltip: true },
            params: [{ name: "pick", select: "point" }],
            encoding: {
                x: { field: "size", type: "ordinal" },
                y: { field: "count", type: "quantitative", aggregate: "sum" },
                opacity: { condition: { param: "pick", value: 1 }, value: 0.4 },
            },
        };
        const options = { ast: true, actions: false, defaultStyle: false, renderer: "svg" };
        await embed("#box", spec, options);
        return document.querySelectorAll("#box .mark-rect path").length;
    }""")
    assert marks == 2
    box.locator("#box .mark-rect path").first.hover()
    box.locator("#box .mark-rect path").first.click()
    box.wait_for_timeout(300)


def test_uplot_draws_a_curve(box: Page) -> None:
    drawn = box.evaluate("""async () => {
        const { default: uPlot } = await import("/static/vendor/uplot.js");
        const options = { width: 300, height: 200, series: [{}, { stroke: "#0072b2" }] };
        new uPlot(options, [[1, 2, 3], [3, 1, 2]], document.getElementById("box"));
        return document.querySelectorAll("#box canvas").length;
    }""")
    assert drawn == 1


def test_three_has_a_scene_and_a_camera_that_turns(box: Page) -> None:
    names = box.evaluate("""async () => {
        const three = await import("/static/vendor/three.js");
        const camera = new three.PerspectiveCamera(40, 1.5, 0.1, 10);
        const controls = new three.OrbitControls(camera, document.getElementById("box"));
        controls.update();
        return [typeof three.WebGLRenderer, typeof three.DataTexture];
    }""")
    assert names == ["function", "function"]


def test_the_slider_compares_two_images(box: Page) -> None:
    box.evaluate("""async () => {
        await import("/static/vendor/img-comparison-slider.js");
        const slider = document.createElement("img-comparison-slider");
        for (const slot of ["first", "second"]) {
            const image = Object.assign(new Image(300, 200), { slot, alt: slot });
            image.src = "/image.svg";
            slider.append(image);
        }
        document.getElementById("box").append(slider);
    }""")
    box.wait_for_function("document.querySelector('img-comparison-slider').shadowRoot")
    box.locator("img-comparison-slider").click()


def test_tus_is_there(box: Page) -> None:
    source = "async () => (await import('/static/vendor/tus.js')).isSupported"
    assert box.evaluate(source) is True


def test_the_sheets_are_there(box: Page, live_server: LiveServer) -> None:
    for name in ("uplot.css", "img-comparison-slider.css"):
        assert box.request.get(f"{live_server.url}/static/vendor/{name}").ok
