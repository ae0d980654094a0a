"""Looks into a picture before anybody else does: is it one, how large, and without what the camera wrote into it."""

import io
import struct
import threading
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin

MAX_PIXELS = 50_000_000  # a 48-megapixel phone photo has 48.8 million; decoded, this is 200 MB
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# Pillow only warns up to twice its limit: 20 KB of PNG took 644 MB then (RELIABILITY M14).
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# A picture of the permitted size takes 375 MB while it is looked at, and 190 KB of PNG make one: eight such uploads of
# one person at once took the process to 3.1 GB. A screenshot waits some hundredths of a second here.
_one_at_a_time = threading.Lock()
ORIENTATION = 0x0112
TAIL = b"tail"  # stands for bytes after the end of the picture
_JPEG_NEEDED = {"APP0", "APP14"}
_PNG_NEEDED = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP bKGD pHYs sBIT acTL fcTL fdAT cICP".split())
_WEBP_NEEDED = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"])


class BadPicture(Exception):
    """It cannot be decoded."""


class TooManyPixels(BadPicture):
    """It would take more memory than a picture may."""


@dataclass(frozen=True)
class Picture:
    """`clean`: the bytes to store instead, or None when the file may stay as it came. Sizes are as one sees it."""

    width: int
    height: int
    clean: bytes | None


def examine(content):
    """Decode the open file `content` once. Raises BadPicture, TooManyPixels."""
    with _one_at_a_time:
        return _examined(content)


def _examined(content):
    try:
        content.seek(0)
        with Image.open(content, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPixels
            image.load()
            turned = image.getexif().get(ORIENTATION, 1) in {5, 6, 7, 8}
            clean = _clean(image) if _holds_more_than_pixels(image, content) else None
            return Picture(*(reversed(image.size) if turned else image.size), clean)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except BadPicture:
        raise
    except Exception as error:  # hostile bytes make decoders raise whatever they like
        raise BadPicture from error


def _holds_more_than_pixels(image, content):
    """Whether the file carries anything that is not needed to draw it: place, camera, comments, a tail."""
    if image.format == "GIF":
        return False  # an animation is kept as it came; cameras write no GIF
    content.seek(0)
    data = content.read()
    if image.format == "PNG":
        return bool(_png_chunks(data) - _PNG_NEEDED)
    if image.format == "WEBP":
        return bool(_webp_chunks(data) - _WEBP_NEEDED)
    marks = {name for name, body in image.applist if not (name == "APP2" and body.startswith(b"ICC_PROFILE"))}
    return bool(marks - _JPEG_NEEDED) or not data.endswith(b"\xff\xd9")


def _png_chunks(data):
    names, at = set(), 8
    while at + 8 <= len(data) and b"IEND" not in names:
        size, name = struct.unpack_from(">I4s", data, at)
        names.add(name)
        at += 12 + size  # length, name and checksum
    return names if at == len(data) else names | {TAIL}


def _webp_chunks(data):
    names, at = set(), 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        names.add(name)
        at += 8 + size + size % 2
    return names if at == len(data) else names | {TAIL}


def _clean(image):
    frames = getattr(image, "n_frames", 1)
    if image.format in {"PNG", "WEBP"} and frames > 1:
        return _clean_animation(image, frames)
    upright = ImageOps.exif_transpose(image)
    kept = {name: image.info[name] for name in ("icc_profile", "transparency") if name in image.info}
    upright.info = {}  # savers read comments from here when they are not told otherwise
    if image.format == "WEBP":
        return _saved(upright, "WEBP", quality=90, **kept)
    if image.format == "PNG":
        return _saved(upright, "PNG", **kept)
    # The camera's own tables: a second encoding with them loses next to nothing.
    tables = {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
    return _saved(upright, "JPEG", **tables, **kept)


def _clean_animation(image, frames):
    if frames * image.width * image.height > MAX_PIXELS:
        raise TooManyPixels
    durations = [frame.info.get("duration", 0) for frame in ImageSequence.Iterator(image)]
    image.seek(0)
    loop = image.info.get("loop", 0)
    return _saved(image, image.format, save_all=True, duration=durations, loop=loop)


def _saved(image, encoding, **options):
    out = io.BytesIO()
    image.save(out, encoding, **options)
    return out.getvalue()
