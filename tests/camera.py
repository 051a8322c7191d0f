"""A film for Chromium's fake camera: JPEGs one after the other, in which somebody holds up a QR code."""

import math
from pathlib import Path

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

_SIZE = (1280, 720)
_FRAMES = 40
_EMPTY_FRAMES = 8  # before the sheet comes into the picture
_SHEET = 420


def film_of(shown: str | Image.Image, path: Path) -> Path:
    """Write an .mjpeg in which somebody holds up a code with a text, or a picture, slightly swaying."""
    sheet = _sheet(shown) if isinstance(shown, str) else shown.convert("L").resize((_SHEET, _SHEET))
    with path.open("wb") as film:
        for number in range(_FRAMES):
            _frame(sheet, number).save(film, "JPEG", quality=85, subsampling=2)
    return path


def _sheet(text: str) -> Image.Image:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    drawn = code.make_image().get_image().convert("L")
    return drawn.resize((_SHEET, _SHEET), Image.Resampling.LANCZOS)


def _frame(sheet: Image.Image, number: int) -> Image.Image:
    picture = Image.new("L", _SIZE, 120)
    if number >= _EMPTY_FRAMES:
        sway = math.sin(number / 5)
        held = sheet.rotate(8 * sway, expand=True, fillcolor=120, resample=Image.Resampling.BICUBIC)
        picture.paste(held, (int(400 + 40 * sway), 130))
    return picture.convert("RGB")
