"""Text as a QR code, for papers (path), pages (SVG) and mails (PNG).

Level M with large modules reads better from bad copies than more correction with small ones. The mask
is fixed: choosing it is most of the work, and the same text must give the same picture.
"""

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from io import BytesIO

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

QUIET_MODULES = 4
_MASK = 3
_ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

Matrix = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=64)
def qr_matrix(text: str) -> Matrix:
    """Rows of modules, True is dark, without the quiet zone."""
    mode = MODE_ALPHA_NUM if _ALPHANUMERIC.issuperset(text) else MODE_8BIT_BYTE
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(QRData(text.encode(), mode=mode), optimize=0)
    code.make(fit=True)
    return tuple(tuple(map(bool, row)) for row in code.modules)


def qr_modules(text: str) -> int:
    """Modules on a side, with the quiet zone."""
    return len(qr_matrix(text)) + 2 * QUIET_MODULES


def draw_qr(canvas: Canvas, text: str, left: float, bottom: float, side: float) -> None:
    """Draw the code, quiet zone included, as one filled path in a square of `side` points."""
    modules = qr_modules(text)
    # Whole numbers on a grid of modules, as PDF operators: formatting fractions is half of a page's time.
    strokes = [
        f"{column + QUIET_MODULES} {modules - QUIET_MODULES - 1 - row} {length} 1 re"
        for row, column, length in _runs(qr_matrix(text))
    ]
    canvas.saveState()
    canvas.translate(left, bottom)
    canvas.scale(side / modules, side / modules)
    canvas.setFillGray(1)
    canvas.rect(0, 0, modules, modules, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawPath(PDFPathObject(code=strokes), stroke=0, fill=1)
    canvas.restoreState()


def qr_svg(text: str, label: str) -> str:
    """An inline SVG of one path, without style or script; `label` is what a screen reader says."""
    modules = qr_modules(text)
    strokes = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z"
        for row, column, length in _runs(qr_matrix(text))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {modules} {modules}" role="img"'
        f' aria-label="{escape(label)}" class="qr" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{modules}v{modules}H0z"/><path fill="#000" d="{strokes}"/></svg>'
    )


def qr_png(text: str, pixels_a_module: int = 8) -> bytes:
    """A black and white PNG, quiet zone included."""
    modules = qr_modules(text)
    image = Image.new("1", (modules, modules), 1)
    for row, column, length in _runs(qr_matrix(text)):
        for offset in range(length):
            image.putpixel((column + offset + QUIET_MODULES, row + QUIET_MODULES), 0)
    side = modules * pixels_a_module
    stream = BytesIO()
    image.resize((side, side), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()


def _runs(matrix: Matrix) -> Iterator[tuple[int, int, int]]:
    """Row, first column and length of every run of dark modules."""
    for number, row in enumerate(matrix):
        start: int | None = None
        for column, dark in enumerate((*row, False)):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield number, start, column - start
                start = None
