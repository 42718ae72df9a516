"""Pictures that people send: whatever was uploaded is read as an image and drawn afresh, so that only pixels are kept."""

import threading
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from . import outward

SIDE, PREVIEW = 256, 1280
MOST_BYTES, MOST_FETCHED = 10 * 1024 * 1024, 5_000_000
MOST_PIXELS = 50_000_000  # of a JPEG, which is read smaller than it is
MOST_HELD = 20_000_000  # of the others, which are held in memory whole
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_one_at_a_time = threading.Semaphore(1)  # a process holds one large picture, however many are sent


class NotAPicture(ValueError):
    """Why the upload cannot be a picture of somebody, in words."""


def portrait(upload: IO[bytes]) -> bytes:
    """A WebP square of 256 pixels, cut from the middle; no metadata of the camera is kept."""
    return _redrawn(upload, FORMATS, lambda image: ImageOps.fit(image, (SIDE, SIDE)), SIDE * 2)


def portrait_from(url: str) -> bytes:
    """The portrait made of the picture at an address; at most three redirects, each looked at like the first."""
    try:
        found = outward.fetch(url, most=MOST_FETCHED, redirects=3)
    except outward.Unfetchable as no:
        raise NotAPicture(str(no)) from no
    if found.status != 200:
        raise NotAPicture(f"There is no picture at that address: it answers {found.status}.")
    return portrait(BytesIO(found.body))


def preview(upload: IO[bytes], kind: str) -> bytes:
    """The whole picture of that kind as WebP, at most 1,280 pixels a side."""
    return _redrawn(upload, (kind,), _shrunk, PREVIEW)


def _shrunk(image: Image.Image) -> Image.Image:
    image.thumbnail((PREVIEW, PREVIEW))
    return image


def _redrawn(upload: IO[bytes], formats: Sequence[str], draw: Callable[[Image.Image], Image.Image], near: int) -> bytes:
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(upload, formats, draw, near)
    except NotAPicture:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on crafted files
        raise NotAPicture("That file is not a picture that can be read: use PNG, JPEG, WebP or GIF.") from error


def _drawn(upload: IO[bytes], formats: Sequence[str], draw: Callable[[Image.Image], Image.Image], near: int) -> bytes:
    with Image.open(upload, formats=formats) as image:
        most = MOST_PIXELS if image.format == "JPEG" else MOST_HELD
        if image.width * image.height > most:
            raise NotAPicture(f"The picture has more than {most // 1_000_000} million pixels: make it smaller.")
        image.draft("RGB", (near, near))  # a large JPEG need not be decoded whole
        made = draw(ImageOps.exif_transpose(image).convert("RGBA"))
    drawn = BytesIO()
    made.save(drawn, "WEBP", quality=86)
    return drawn.getvalue()
