"""Pictures of people: whatever was uploaded is read as an image and drawn afresh, so that only pixels are kept."""

import warnings
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

SIDE = 256
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class NotAPicture(ValueError):
    """Why the upload cannot be a picture of somebody, in words."""


def portrait(upload: IO[bytes]) -> bytes:
    """A WebP square of 256 pixels, cut from the middle; no metadata of the camera is kept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(upload)
    except NotAPicture:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on crafted files
        raise NotAPicture("That file is not a picture that can be read: use PNG, JPEG, WebP or GIF.") from error


def _drawn(upload: IO[bytes]) -> bytes:
    with Image.open(upload, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise NotAPicture(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels: make it smaller.")
        image.draft("RGB", (SIDE * 2, SIDE * 2))  # a large JPEG need not be decoded whole
        square = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGBA"), (SIDE, SIDE))
    made = BytesIO()
    square.save(made, "WEBP", quality=86)
    return made.getvalue()
