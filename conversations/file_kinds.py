"""Which files are taken, told by their first bytes and their extension, and how each is served again.

An allow-list: what is not in it is refused, with the advice to put it into an archive. Nothing that a browser runs
(SVG, HTML, scripts) is in it, and a text is only ever served as plain text.
"""

import re
import unicodedata

import filetype
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MAX_NAME_CHARS = 150
HEAD_BYTES = 8192
TEXT = "text/plain"
HEIC = "image/heic"  # what an iPhone takes; no browser but its own shows it
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP = "application/zip"
_OLE = "application/x-ole-storage"
_MOVIE = ("video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "audio/mp4")

# extension → (the type it is stored and served with, what its first bytes may say)
_TABLE = {
    "": (TEXT, (TEXT,)),  # hosts, README, syslog
    "png": ("image/png", ("image/png",)),
    "jpg": ("image/jpeg", ("image/jpeg",)),
    "webp": ("image/webp", ("image/webp",)),
    "gif": ("image/gif", ("image/gif",)),
    "heic": (HEIC, (HEIC,)),
    "bmp": ("image/bmp", ("image/bmp",)),
    "pdf": ("application/pdf", ("application/pdf",)),
    # Some programs write the parts of an Office file in an order that only shows the archive.
    "docx": (_OFFICE + "wordprocessingml.document", (_OFFICE + "wordprocessingml.document", _ZIP)),
    "xlsx": (_OFFICE + "spreadsheetml.sheet", (_OFFICE + "spreadsheetml.sheet", _ZIP)),
    "pptx": (_OFFICE + "presentationml.presentation", (_OFFICE + "presentationml.presentation", _ZIP)),
    "doc": ("application/msword", (_OLE,)),
    "xls": ("application/vnd.ms-excel", (_OLE,)),
    "ppt": ("application/vnd.ms-powerpoint", (_OLE,)),
    "msg": ("application/vnd.ms-outlook", (_OLE,)),
    "zip": (_ZIP, (_ZIP,)),
    "7z": ("application/x-7z-compressed", ("application/x-7z-compressed",)),
    "rar": ("application/vnd.rar", ("application/x-rar-compressed",)),
    "gz": ("application/gzip", ("application/gzip",)),
    "mp4": ("video/mp4", _MOVIE),
    "mov": ("video/quicktime", _MOVIE),
    "webm": ("video/webm", ("video/webm", "video/x-matroska")),
    "mp3": ("audio/mpeg", ("audio/mpeg",)),
    "m4a": ("audio/mp4", _MOVIE),
    "wav": ("audio/wav", ("audio/x-wav",)),
    "amr": ("audio/amr", ("audio/amr",)),
    **dict.fromkeys(("txt", "log", "csv", "json", "md", "ini", "conf", "yaml", "yml"), (TEXT, (TEXT,))),
}
_ALIASES = {"jpeg": "jpg", "jfif": "jpg", "heif": "heic", "tgz": "gz", "m4v": "mp4"}
EXTENSIONS = sorted({*_TABLE, *_ALIASES})  # "" for a name without one
# What a file is, in the word that stands beside its name. Names of formats are the same in every language.
_WORDS = {
    "doc docx": gettext_noop("文档"),
    "xls xlsx csv": gettext_noop("表格"),
    "ppt pptx": gettext_noop("演示"),
    "heic bmp": gettext_noop("图片"),
    "mp4 mov webm": gettext_noop("视频"),
    "mp3 m4a wav amr": gettext_noop("录音"),
    "msg": gettext_noop("邮件"),
    "txt log md ini conf yaml yml json": gettext_noop("文本"),
}
_WORD_OF = {extension: word for extensions, word in _WORDS.items() for extension in extensions.split()}
_SERVED = {kind for kind, _ in _TABLE.values()}
# Windows takes these for devices, whatever stands behind the first dot.
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\..*)?", re.IGNORECASE)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(name, content):
    """The content type of the open file `content` called `name` as we store it, or None when it is not taken.

    A picture under another picture's extension, or under none, is taken for what it is; `fitting_name` mends its name.
    Phones do both: a JPEG called HEIC, and the other way round.
    """
    seen = _sniffed(content)
    kind, allowed = _table_entry(name)
    if _is_picture(seen) and (_is_picture(kind) or not _extension(name)):
        return seen
    return kind if seen in allowed else None


def may_be_taken(name):
    """Whether a file of this name is worth uploading: under an extension that no table knows nothing is taken."""
    return bool(_table_entry(name)[0])


def _is_picture(kind):
    return kind in PICTURES or kind == HEIC


def _table_entry(name):
    extension = _extension(name)
    return _TABLE.get(_ALIASES.get(extension, extension), ("", ()))


def _extension(name):
    return name.rpartition(".")[2].lower() if "." in name else ""


def _sniffed(content):
    content.seek(0)
    head = content.read(HEAD_BYTES)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _OLE
    guess = filetype.guess(head)
    if guess is not None:
        return "image/png" if guess.mime == "image/apng" else guess.mime  # a moving PNG is a PNG
    return TEXT if _is_text(head, content) else None


def _is_text(head, content):
    if head.startswith(_UTF16_MARKS):
        return True
    while head:
        if b"\x00" in head:
            return False
        head = content.read(1 << 20)
    return True


def display_name(raw):
    """`raw` as it may be shown and offered for saving: no path, nothing invisible, no reordering of letters."""
    last = str(raw).replace("\\", "/").rpartition("/")[2]
    # Category C: control, format (all bidi marks), surrogates, private; Zl and Zp break lines.
    visible = "".join(each for each in last if unicodedata.category(each)[0] != "C" and each not in "\u2028\u2029")
    return " ".join(unicodedata.normalize("NFC", visible).split()).strip(" .")


def fitting_name(name, kind, unnamed):
    """A `display_name` of at most 150 characters whose extension agrees with `kind`; `unnamed` when nothing is left."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, PICTURES.get(kind, "txt")
    elif kind in PICTURES and _table_entry(name)[0] != kind:
        extension = PICTURES[kind]
    stem = stem.strip(" .") or unnamed
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    room = MAX_NAME_CHARS - len(extension) - 1
    return f"{stem[:room].rstrip(' .')}.{extension}"


def sign_of(name):
    """One short word for the kind of file that `name` says: 文档, PDF, ZIP."""
    extension = _extension(name)
    known = _ALIASES.get(extension, extension)
    return _(_WORD_OF[known]) if known in _WORD_OF else known.upper()[:4] or _("文件")


def served_type(kind):
    """The header for a stored `kind`. The table decides again, so that a wrong row can never become a page."""
    if kind == TEXT:
        return "text/plain; charset=utf-8"
    return kind if kind in _SERVED else "application/octet-stream"
