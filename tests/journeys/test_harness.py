"""The journeys' own tools do what the journeys rely on: they see the code, the fault, the foreign host."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import free_port, served, watched
from web import headers

READ_CAMERA = """async () => {
    ZXingWASM.prepareZXingModule({overrides: {locateFile: p => "/static/vendor/zxing-wasm/" + p}});
    const stream = await navigator.mediaDevices.getUserMedia({video: {width: 1280, height: 720}});
    const video = Object.assign(document.createElement("video"), {srcObject: stream, muted: true});
    await video.play();
    const canvas = Object.assign(document.createElement("canvas"), {width: 1280, height: 720});
    const brush = canvas.getContext("2d", {willReadFrequently: true});
    for (let tries = 0; tries < 200; tries++) {
        brush.drawImage(video, 0, 0, 1280, 720);
        const frame = brush.getImageData(0, 0, 1280, 720);
        const found = await ZXingWASM.readBarcodes(frame, {formats: ["QRCode"]});
        if (found.length) return found[0].text;
        await new Promise(resolve => setTimeout(resolve, 50));
    }
    return null;
}"""


def scan_desk() -> Flask:
    """A bare page under the headers of the real scan page: camera and WebAssembly allowed, nothing inline."""
    app = Flask("web")
    headers.install(app)

    @app.get("/")
    def scan() -> str:
        headers.scan_page()
        return "<!doctype html><title>scan</title><script src='/static/vendor/zxing-wasm/reader.js'></script>"

    return app


def test_the_vendored_reader_decodes_what_the_camera_sees(camera_page: Callable[[str], Page]) -> None:
    port = free_port()
    with served(scan_desk(), port):
        page = camera_page("VX1:A SHEET HELD UP")
        page.goto(f"http://localhost:{port}/")

        assert page.evaluate(READ_CAMERA) == "VX1:A SHEET HELD UP"


def test_a_page_without_a_label_is_reported(page: Page, accessible: Callable[[Page], None]) -> None:
    page.set_content("<!doctype html><html lang='fr'><title>x</title><main><h1>x</h1><input></main></html>")

    with pytest.raises(AssertionError, match="label"):
        accessible(page)


def test_asking_another_host_fails_the_test(browser: Browser) -> None:
    with pytest.raises(AssertionError, match="elsewhere.example"), watched(browser) as context:
        context.new_page().set_content(
            "<img src='https://elsewhere.example/a.png'>", wait_until="domcontentloaded"
        )
