"""Looks into a picture before anybody else does: is it one, how large, and without what the camera wrote into it.

Pure functions over bytes, without Django: what is large runs in a process of its own (darkroom.py).
"""

import io
import struct
import warnings
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin

from .picture_heads import jpeg_hides_more

MAX_PIXELS = 50_000_000  # a 48-megapixel phone photo has 48.8 million; decoded, this is 200 MB
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# Pillow only warns up to twice its limit: 20 KB of PNG took 644 MB then (RELIABILITY M14).
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

ORIENTATION = 0x0112
THUMBNAIL_SIDE = 480  # px: twice the side of the room in a bubble, for a screen of two dots a pixel
MOST_COLOUR_BYTES = 16_384  # of a colour profile that a thumbnail keeps
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
    with _opened(content) as image:
        image.load()
        turned = image.getexif().get(ORIENTATION, 1) in {5, 6, 7, 8}
        clean = _clean(image) if _holds_more_than_pixels(image, content) else None
        return Picture(*(reversed(image.size) if turned else image.size), clean)


def shrink(content):
    """A small still copy for a bubble, as Picture: JPEG, or PNG where something can be seen through. Raises BadPicture."""
    with _opened(content) as image:
        image.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))  # a JPEG decodes to an eighth as well
        colours = image.info.get("icc_profile", b"") if image.mode in {"RGB", "RGBA"} else b""
        small = _in_plain_colours(ImageOps.exif_transpose(image))
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        small.info = {}
        kept = {"icc_profile": colours} if 0 < len(colours) <= MOST_COLOUR_BYTES else {}
        if small.mode == "RGBA":
            return Picture(*small.size, _saved(small, "PNG", optimize=True, **kept))
        return Picture(*small.size, _saved(small, "JPEG", quality=82, optimize=True, progressive=True, **kept))


def convert(content):
    """An iPhone's picture (HEIC) as an upright JPEG with nothing but its pixels and colours. Raises BadPicture."""
    import pillow_heif  # here, so that no process loads the decoder but the one that uses it

    pillow_heif.options.DECODE_THREADS = 2
    pillow_heif.register_heif_opener()
    with _opened(content, ("HEIF",)) as image:
        colours = image.info.get("icc_profile")
        ImageOps.exif_transpose(image, in_place=True)  # a copy of 48 megapixels is 146 MB
        upright = image if image.mode == "RGB" else image.convert("RGB")
        upright.info = {}
        kept = {"icc_profile": colours} if colours else {}
        return Picture(*upright.size, _saved(upright, "JPEG", quality=88, optimize=True, **kept))


@contextmanager
def _opened(content, formats=FORMATS):
    try:
        content.seek(0)
        with Image.open(content, formats=formats) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPixels
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except BadPicture:
        raise
    except Exception as error:  # hostile bytes make decoders raise whatever they like
        raise BadPicture from error


def _in_plain_colours(image):
    """RGBA where something can be seen through, else RGB."""
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return image if image.getextrema()[3][0] < 255 else image.convert("RGB")


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
    return bool(marks - _JPEG_NEEDED) or jpeg_hides_more(data)


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
