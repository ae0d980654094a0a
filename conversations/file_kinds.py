"""Which files are taken, told by their first bytes and their extension, and how each is served again.

An allow-list: what is not in it is refused, with the advice to put it into an archive. Nothing that a browser runs
(SVG, HTML, scripts) is in it, and a text is only ever served as plain text.
"""

import unicodedata

import filetype

MAX_NAME_CHARS = 150
HEAD_BYTES = 8192
TEXT = "text/plain"
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
    "heic": ("image/heic", ("image/heic",)),
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
_SERVED = {kind for kind, _ in _TABLE.values()}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(name, content):
    """The content type of the open file `content` called `name` as we store it, or None when it is not taken.

    A picture under another picture's extension, or under none, is taken for what it is; `fitting_name` mends its name.
    """
    seen = _sniffed(content)
    kind, allowed = _table_entry(name)
    if seen in PICTURES and (kind in PICTURES or not _extension(name)):
        return seen
    return kind if seen in allowed else None


def may_be_taken(name):
    """Whether a file of this name is worth uploading: under an extension that no table knows nothing is taken."""
    return bool(_table_entry(name)[0])


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
    room = MAX_NAME_CHARS - len(extension) - 1
    return f"{stem[:room].rstrip(' .')}.{extension}"


def served_type(kind):
    """The header for a stored `kind`. The table decides again, so that a wrong row can never become a page."""
    if kind == TEXT:
        return "text/plain; charset=utf-8"
    return kind if kind in _SERVED else "application/octet-stream"
