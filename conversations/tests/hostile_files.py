"""Files as a careless or a malicious person sends them, made on the spot."""

import io
import zipfile
import zlib
from struct import pack

from PIL import Image, PngImagePlugin

CANARY = b"GPS-CANARY-31.2304N"


def named(value):
    """The id of a test case: the file's name, not its bytes."""
    return value if isinstance(value, str) else ""


def picture(encoding="PNG", size=(40, 20), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode == "L" else (200, 30, 30)).save(out, encoding, **options)
    return out.getvalue()


def animation(encoding, **options):
    out = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, encoding, save_all=True, append_images=frames[1:], duration=80, loop=0, **options)
    return out.getvalue()


def exif(orientation=1):
    """EXIF with a place (GPS), a camera's name and an orientation."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010F] = CANARY.decode()
    told.get_ifd(0x8825)[0x001D] = CANARY.decode()
    return told.tobytes()


def png_with_text():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", CANARY.decode())
    told.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY.decode()}</x>")
    return picture("PNG", pnginfo=told)


def png_bomb(side):
    """A PNG of side × side white dots in one bit each: a few kilobytes that want to become hundreds of megabytes."""
    row = b"\x00" + b"\xff" * (side // 8)
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()

    def chunk(name, body):
        return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))

    header = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, "0" * 50_000)
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
EXE = b"MZ\x90\x00" + b"\x00" * 60
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 60
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 40
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\x00" * 60
# A GIF whose header is also the start of a script.
GIF_SCRIPT = b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(1)"
PDF_HTML = b"%PDF-1.7\n" + HTML
