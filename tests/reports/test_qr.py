import xml.etree.ElementTree as ET
from io import BytesIO

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reports.qr import QUIET_MODULES, qr_matrix, qr_modules, qr_png, qr_svg
from tests.reports.cards import LAYOUTS

TOKEN = LAYOUTS["ordinary"].doses[0].token or ""


def read(png: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(png)).convert("L"))]


def test_a_token_fills_a_code_of_45_modules() -> None:
    assert len(qr_matrix(TOKEN)) == 45
    assert qr_modules(TOKEN) == 45 + 2 * QUIET_MODULES


def test_the_same_text_gives_the_same_picture() -> None:
    first = qr_png(TOKEN)
    qr_matrix.cache_clear()
    assert qr_png(TOKEN) == first
    assert read(first) == [TOKEN]


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=1, max_size=178))
def test_every_alphanumeric_text_is_read_back(text: str) -> None:
    assert read(qr_png(text, 4)) == [text]


def test_a_lower_case_text_is_read_back_too() -> None:
    assert read(qr_png("https://vaccination.example.fr/é")) == ["https://vaccination.example.fr/é"]


def test_svg_draws_exactly_the_dark_modules_without_style() -> None:
    root = ET.fromstring(qr_svg(TOKEN, 'Code "1" <&>'))  # noqa: S314 (our own text)
    assert root.attrib["aria-label"] == 'Code "1" <&>' and root.attrib["role"] == "img"
    assert not any("style" in element.attrib for element in root.iter())
    path = root[1].attrib["d"]
    drawn = set()
    for stroke in path.split("M")[1:]:
        start, length = stroke.split("v1")[0].split("h")
        column, row = map(int, start.split())
        drawn |= {(row, column + offset) for offset in range(int(length))}
    dark = {
        (row + QUIET_MODULES, column + QUIET_MODULES)
        for row, modules in enumerate(qr_matrix(TOKEN))
        for column, is_dark in enumerate(modules)
        if is_dark
    }
    assert drawn == dark
