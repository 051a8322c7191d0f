"""Looking at a PDF as people and scanners do."""

import subprocess
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image
from pypdf import PdfReader


def rasterised(pdf: bytes, folder: Path, *, dpi: int = 150) -> Path:
    """The first page as a PNG, as a printer or a screen makes it."""
    source, target = folder / "page.pdf", folder / "page"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-png", "-gray", "-singlefile", str(source), str(target)]
    subprocess.run(command, check=True, timeout=60)
    return target.with_suffix(".png")


def seen_by_zxing(picture: Path) -> set[str]:
    with Image.open(picture) as image:
        return {found.text for found in zxingcpp.read_barcodes(image)}


def seen_by_zbar(picture: Path) -> set[str]:
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, text=True)
    return set(done.stdout.splitlines())


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All the words of a PDF, with plain spaces."""
    text = "\n".join(page.extract_text() for page in reader(pdf).pages)
    return text.replace("\u00a0", " ")
