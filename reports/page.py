"""The sheet of paper: A4, millimetres from the top left corner, fonts, colours, text that fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm as _mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from reports.qr import draw_qr

mm: float = _mm  # in points
WIDTH, HEIGHT = A4[0] / mm, A4[1] / mm
MARGIN = 18.0
INNER = WIDTH - 2 * MARGIN
LEADING = 1.35
_LONG_WORD = 0.4  # of a line: such a word may be parted at its hyphens
_FONTS = Path(__file__).parent / "fonts"

INK = HexColor("#1c2530")
QUIET = HexColor("#4f5d6b")
ACCENT = HexColor("#0b5c66")
PALE = HexColor("#e4f0f0")
LINE = HexColor("#a9c4c6")
WHITE = HexColor("#ffffff")


class Font(StrEnum):
    PLAIN = "DejaVuSans"
    BOLD = "DejaVuSans-Bold"


@dataclass(frozen=True, slots=True)
class Type:
    """How a piece of text is set; size in points."""

    size: float
    font: Font = Font.PLAIN
    colour: Color = INK

    @property
    def line(self) -> float:
        """Height of a line in millimetres."""
        return self.size * LEADING / mm

    def width(self, text: str) -> float:
        _register_fonts()
        return float(pdfmetrics.stringWidth(text, self.font, self.size)) / mm


class Sheet:
    """One PDF under the pen. The same strokes give the same bytes: no clock, no random name."""

    def __init__(self, title: str, locale: str, author: str) -> None:
        _register_fonts()
        self._stream = BytesIO()
        self._canvas = Canvas(
            self._stream,
            pagesize=A4,
            invariant=1,
            lang=locale,
            pdfVersion=(1, 7),
            initialFontName=Font.PLAIN.value,
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    def text(self, x: float, y: float, text: str, type_: Type) -> None:
        """One line whose letters stand on y."""
        self._set(type_)
        self._canvas.drawString(x * mm, self._up(y), text)

    def text_right(self, x: float, y: float, text: str, type_: Type) -> None:
        self._set(type_)
        self._canvas.drawRightString(x * mm, self._up(y), text)

    def text_centred(self, x: float, y: float, text: str, type_: Type) -> None:
        self._set(type_)
        self._canvas.drawCentredString(x * mm, self._up(y), text)

    def lines(self, x: float, y: float, lines: Sequence[str], type_: Type) -> float:
        """Lines below one another, the first one's top at y; returns where the next would begin."""
        for line in lines:
            y += type_.line
            self.text(x, y - type_.line * 0.26, line, type_)
        return y

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: Color, edge: Color | None
    ) -> None:
        """A rectangle whose top left corner is at x, y."""
        self._canvas.setFillColor(fill)
        self._canvas.setLineWidth(0.25 * mm)
        if edge is not None:
            self._canvas.setStrokeColor(edge)
        bottom = self._up(y + height)
        self._canvas.rect(x * mm, bottom, width * mm, height * mm, stroke=int(edge is not None), fill=1)

    def rule(self, x: float, y: float, width: float, colour: Color = LINE) -> None:
        self._canvas.setStrokeColor(colour)
        self._canvas.setLineWidth(0.2 * mm)
        self._canvas.line(x * mm, self._up(y), (x + width) * mm, self._up(y))

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        draw_qr(self._canvas, text, x * mm, self._up(y + side), side * mm)

    def next_page(self) -> None:
        self._canvas.showPage()

    @property
    def pages(self) -> int:
        """Pages that are full; the one under the pen is not counted."""
        return int(self._canvas.getPageNumber()) - 1

    def to_bytes(self) -> bytes:
        self._canvas.save()
        return self._stream.getvalue()

    def _set(self, type_: Type) -> None:
        self._canvas.setFont(type_.font, type_.size)
        self._canvas.setFillColor(type_.colour)

    def _up(self, y: float) -> float:
        points: float = (HEIGHT - y) * mm
        return points


def wrapped(text: str, width: float, type_: Type, most: int = 99) -> list[str]:
    """The text in lines no wider than `width`; what is more than `most` lines ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, type_):
        if line and type_.width((line + piece).rstrip(" ")) > width:
            lines.append(line)
            line = ""
        line += piece
    lines.append(line)
    if len(lines) > most:
        lines[most - 1 :] = [shortened("".join(lines[most - 1 :]).rstrip(" "), width, type_)]
    return [line.rstrip(" ") for line in lines]


def shortened(text: str, width: float, type_: Type) -> str:
    """The text, or as much of it as fits before an ellipsis."""
    if type_.width(text) <= width:
        return text
    while text and type_.width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"


def fitting(text: str, width: float, type_: Type, smallest: float) -> Type:
    """The same type, smaller if need be, so that the text fits; not smaller than `smallest`."""
    needed = type_.size * width / max(type_.width(text), 0.001)
    size = max(smallest, min(type_.size, needed - 0.01))
    return Type(round(size, 2), type_.font, type_.colour)


def _pieces(text: str, width: float, type_: Type) -> list[str]:
    """What a line may be broken after: words with their space, and parts of words that are too long."""
    pieces: list[str] = []
    # Split on plain spaces only: no-break spaces keep a time or a number together.
    for word in text.split(" "):
        long = type_.width(word) > width * _LONG_WORD
        for part in re.findall(r"[^-]*-+|[^-]+", word) if long else [word]:
            pieces += _cut(part, width, type_)
        pieces[-1:] = [pieces[-1] + " "] if pieces else []
    return pieces


def _cut(word: str, width: float, type_: Type) -> list[str]:
    """The word, in pieces none of which is wider than the line."""
    pieces = []
    while len(word) > 1 and type_.width(word) > width:
        keep = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or type_.width(word[:n]) <= width)
        pieces.append(word[:keep])
        word = word[keep:]
    return [*pieces, word]


@cache
def _register_fonts() -> None:
    rl_config.useA85 = 0  # streams as bytes: smaller and sooner written than as ASCII
    for font in Font:
        pdfmetrics.registerFont(TTFont(font.value, str(_FONTS / f"{font.value}.ttf")))
