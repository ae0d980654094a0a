"""Files as a careless or a malicious person sends them, made on the spot."""

import gzip
import io
import zipfile
import zlib
from functools import cache
from struct import pack, unpack_from

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


@cache
def heic(size=(640, 480), **options):
    """A picture as an iPhone takes it."""
    import pillow_heif

    out = io.BytesIO()
    image = Image.radial_gradient("L").convert("RGB").resize(size)
    pillow_heif.from_pillow(image).save(out, quality=60, **options)
    return out.getvalue()


def heic_with_a_broken_heart(**options):
    """Its boxes are in order and say what they say; the picture among them decodes to nothing."""
    return heic(**options).replace(b"hvcC", b"hvcX")


def heic_of_size(width, height):
    """One that says that it is so large."""
    data = heic()
    at = data.index(b"ispe") + 8
    return data[:at] + pack(">II", width, height) + data[at + 8 :]


def box(kind, *parts):
    body = b"".join(parts)
    return pack(">I", 8 + len(body)) + kind + body


def heic_of_many_extents(items=40, sizes=0, extents=b""):
    """A few hundred bytes that say that each of so many items lies in 65,535 pieces; `extents`: what is said of them."""
    told = b"".join(box(b"infe", pack(">IHH", 2 << 24, item, 0), b"Exif\0") for item in range(items))
    places = b"".join(pack(">HHH", item, 0, 65_535) + extents for item in range(items))
    about = box(b"iinf", pack(">IH", 0, items), told), box(b"iloc", pack(">IHH", 0, sizes, items), places)
    return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + box(b"meta", bytes(4), *about)


def heic_of_many_boxes(count, where):
    """As many empty boxes in one place of an iPhone's picture: eight bytes each to send, and a look each to walk past."""
    data, empty = heic(), box(b"free") * count
    if where == "file":
        return data + empty
    begin = data.index(b"meta") - 4
    [size] = unpack_from(">I", data, begin)
    return data[:begin] + pack(">I", size + len(empty)) + data[begin + 4 : begin + size] + empty + data[begin + size :]


def png_of_packed_texts(count=60):
    """A kilobyte each that unpacks to a million letters, of four bytes each for the sake of the last one."""
    text = b"Comment\0\1\0\0\0" + zlib.compress(b"a" * 1_000_000 + "😀".encode(), 9)
    data = picture("PNG")
    at = data.index(b"IDAT") - 4
    return data[:at] + png_chunk(b"iTXt", text) * count + data[at:]


def jpeg_of_many_parts(count):
    data = picture("JPEG")
    return data[:2] + b"\xff\xec\x00\x02" * count + data[2:]


def jpeg_of_many_scans(count, between=b""):
    """The last pass over the picture again and again; `between` is what a decoder steps over."""
    data = picture("JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + (between + last) * count + data[-2:]


def jpeg_with_words_among_its_scans():
    data = picture("JPEG", progressive=True)
    at = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    return data[:at] + b"\xff\xe1" + pack(">H", 2 + len(CANARY)) + CANARY + data[at:]


def png_with_text():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", CANARY.decode())
    told.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY.decode()}</x>")
    return picture("PNG", pnginfo=told)


def png_chunk(name, body):
    return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))


def png_bomb(side, *more):
    """A PNG of side × side white dots in one bit each: a few kilobytes that want to become hundreds of megabytes."""
    row = b"\x00" + b"\xff" * (side // 8)
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    header = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + b"".join(more) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_of_many_frames(count):
    """A moving PNG that says that it has so many frames, and carries a text that would have to be taken out."""
    data = animation("PNG")
    start = data.index(b"acTL") - 4
    size = unpack_from(">I", data, start)[0]
    lying = png_chunk(b"acTL", pack(">II", count, 0)) + png_chunk(b"tEXt", b"Comment\0" + CANARY)
    return data[:start] + lying + data[start + 12 + size :]


def gif_of_many_frames(count, side=20):
    """Frames of a few bytes each, whatever the size of the screen that they are drawn on."""
    frame = b"\x2c" + pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    colours = b"\x00\x00\x00\xff\xff\xff"
    return b"GIF89a" + pack("<HHBBB", side, side, 0x80, 0, 0) + colours + frame * count + b"\x3b"


def gif_with_a_frame_of(side):
    data = gif_of_many_frames(1)
    at = data.index(b"\x2c") + 5
    return data[:at] + pack("<HH", side, side) + data[at + 4 :]


def gif_bomb():
    return gif_of_many_frames(1, side=65_535)


def jpeg_bomb():
    """A small JPEG whose header says 65,000 × 65,000."""
    data = picture("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + pack(">HH", 65_000, 65_000) + data[at + 4 :]


def webp_bomb():
    """A lossless WebP whose header says 16,384 × 16,384."""
    data = picture("WEBP", lossless=True)
    at = data.index(b"VP8L") + 9
    return data[:at] + pack("<I", 16_383 | 16_383 << 14) + data[at + 4 :]


def cut(data, part):
    """`part` of it, from 0 to 1."""
    return data[: int(len(data) * part)]


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, "0" * 50_000)
    return out.getvalue()


def nested_archive(depth=6):
    """An archive in an archive in an archive … of which each layer holds the next one ten times."""
    data = archive("a")
    for _ in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for number in range(10):
                file.writestr(f"{number}.zip", data)
        data = out.getvalue()
    return data


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
UTF7 = b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
EXE = b"MZ\x90\x00" + b"\x00" * 60
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 40
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x21" + b"\x00" * 60
# A GIF whose header is also the start of a script.
GIF_SCRIPT = b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(1)"
PDF_HTML = b"%PDF-1.7\n" + HTML
BIG = {"size": (300, 300)}

REFUSED = {
    # Nothing, or nothing that is taken
    "empty.png": b"",
    "empty.txt": b"",
    "a.svg": SVG,
    "a.html": HTML,
    "a.xhtml": HTML,
    "a.xml": b"<?xml version='1.0'?><x/>",
    "page.mhtml": b"MIME-Version: 1.0",
    "run.js": b"alert(1)",
    "run.bat": b"del *",
    "run.ps1": b"Remove-Item",
    "setup.exe": EXE,
    "double.png.exe": EXE,
    # One thing under the name of another
    "svg-as.png": SVG,
    "html-as.jpg": HTML,
    "html-as.gif": HTML,
    "html-as.heic": HTML,
    "html-as.pdf": HTML,
    "exe-as.png": EXE,
    "exe-as.txt": EXE,
    "elf-as.log": ELF,
    "zip-as.png": archive("a"),
    "png-as.zip": picture("PNG"),
    "png-as.pdf": picture("PNG"),
    "pdf-as.png": PDF_HTML,
    "tiff-as.png": picture("TIFF"),
    "mp4-as.heic": MP4,
    "binary.txt": b"abc\x00def",
    "late-binary.txt": b"a" * 20_000 + b"\x00",
    # Cut off
    "cut-1.png": cut(picture("PNG", **BIG), 0.1),
    "cut-5.png": cut(picture("PNG", **BIG), 0.5),
    "cut-9.png": cut(picture("PNG", **BIG), 0.9),
    "cut-1.jpg": cut(picture("JPEG", **BIG), 0.1),
    "cut-5.jpg": cut(picture("JPEG", **BIG), 0.5),
    "cut-5.webp": cut(picture("WEBP", **BIG), 0.5),
    "cut-header.gif": b"GIF89a",
    "cut-header.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "cut-script.gif": GIF_SCRIPT[:20],
    "cut-1.heic": cut(heic(), 0.1),
    "cut-5.heic": cut(heic(), 0.5),
    "cut-9.heic": cut(heic(), 0.9),
    "no-picture.heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 40,
    # More than they look
    "bomb.png": png_bomb(7200),
    "bigger-bomb.png": png_bomb(13_000),
    "frames-bomb.png": png_of_many_frames(10_000_000),
    "bomb.gif": gif_bomb(),
    "bomb.jpg": jpeg_bomb(),
    "bomb.webp": webp_bomb(),
    "bomb.heic": heic_of_size(60_000, 60_000),
}

TAKEN = {
    # Two things at once
    "script.gif": picture("GIF") + b"/*" + HTML,
    "html-tail.png": picture("PNG") + HTML,
    "zip-tail.jpg": picture("JPEG") + archive("index.html"),
    "zip-tail.webp": picture("WEBP") + archive("index.html"),
    "script-comment.jpg": picture("JPEG", comment=b"*/=alert(1)/*" + CANARY),
    "html.pdf": PDF_HTML,
    "svg.txt": SVG,
    "html.txt": HTML,
    "html.log": HTML,
    "utf7.txt": UTF7,
    "utf16.txt": HTML.decode().encode("utf-16"),
    "script.json": b'{"a": "</script><script>alert(1)</script>"}',
    "formula.csv": b"=cmd|' /C calc'!A0",
    "page.zip": archive("index.html"),
    # Archives are never opened
    "nested.zip": nested_archive(),
    "climbing.zip": archive("../../../../etc/cron.d/x", "/etc/passwd", "C:\\Windows\\x"),
    "bomb.gz": gzip.compress(b"\0" * 5_000_000),
    "frames.gif": gif_of_many_frames(10_000),
    # What a camera writes
    "gps.jpg": picture("JPEG", exif=exif()),
    "gps.png": picture("PNG", exif=exif()),
    "gps.webp": picture("WEBP", exif=exif()),
    "gps.heic": heic(exif=exif()),
    "gps-tail.jpg": picture("JPEG") + picture("JPEG", exif=exif()),
    "gps-among-scans.jpg": jpeg_with_words_among_its_scans(),
    "xmp.jpg": picture("JPEG", xmp=b"<x>" + CANARY + b"</x>"),
    "xmp.png": png_with_text(),
    "xmp.webp": picture("WEBP", xmp=b"<x>" + CANARY + b"</x>"),
    "xmp.heic": heic(xmp=b"<x>" + CANARY + b"</x>"),
    "gps-frames.webp": animation("WEBP", exif=exif()),
    "gps-frames.png": animation("PNG", exif=exif()),
    "large-gps.jpg": picture("JPEG", size=(2400, 1800), exif=exif(6)),
    "broken-heart.heic": heic_with_a_broken_heart(exif=exif()),
    "jpeg-as.heic": picture("JPEG", exif=exif()),
    "heic-as.jpg": heic(exif=exif()),
    # Names
    "/".join(["深"] * 20) + "/../../底.txt": b"x",
    "invoice\u202egpj.txt": b"x",
    "a\u2066b\u2069.txt": b"x",
    "bell\u0007null\u0000line\nfeed.txt": b"x",
    "长" * 300 + ".txt": b"x",
    "CON.txt": b"x",
    "NUL.log": b"x",
    ".htaccess": b"Options +ExecCGI",
    'a"; filename="b.html".log': b"x",
    "%0d%0aX-Evil: 1.log": b"x",
    "..\\..\\web.config.txt": b"x",
}
