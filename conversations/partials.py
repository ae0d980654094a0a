"""Files that have not arrived whole yet: one for each upload, named by its id alone, beside the database.

The caller holds the upload's row while it writes. What is on disk may be more than the row says (a crash came before
the commit) or less (the power failed): more is cut off, less is noticed.
"""

import contextlib
import logging
import os
import shutil
import uuid
import zlib
from pathlib import Path

from django.conf import settings
from django.core.files import File

try:
    import fcntl
except ImportError:  # Windows: there the desk is one process
    fcntl = None

log = logging.getLogger(__name__)

BLOCK = 1024 * 1024
ENDING = ".part"
STRAYS = ("picture-*", "scan-*", "tmp*.upload*")  # darkroom.py, scanning.py, and Django's own


def append(upload_id, received, chunk):
    """Put `chunk` behind the first `received` bytes; False, and nothing is written, when fewer lie there."""
    path = _path(upload_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b") as file:
        if file.seek(0, os.SEEK_END) < received:
            return False
        file.seek(received)
        file.write(chunk)
        file.truncate()
    return True


def is_whole(upload):
    """Whether exactly the bytes that came in lie there."""
    try:
        with _path(upload.pk).open("rb") as file:
            size, checksum = 0, 0
            while block := file.read(BLOCK):
                size, checksum = size + len(block), zlib.crc32(block, checksum)
    except FileNotFoundError:
        return False
    return (size, checksum) == (upload.size, upload.checksum)


def opened(upload):
    """The bytes as an uploaded file. Raises FileNotFoundError."""
    return File(_path(upload.pk).open("rb"), name=upload.name)


def is_mine(file):
    """Whether nobody else looks at these opened pieces, in whichever process; until they are closed nobody else may.

    The kernel gives it back when a process is killed. Where it keeps no such book, two may look: harmless, and only dear.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        log.exception("the pieces of an upload cannot be locked")
    return True


def remove(upload_id):
    try:
        _path(upload_id).unlink(missing_ok=True)
    except OSError:
        log.exception("the pieces of upload %s could not be removed; the sweep will", upload_id)


def older_than(moment):
    """The ids of uploads whose last byte came before."""
    for path in _folder().glob(f"*{ENDING}"):
        if path.stat().st_mtime < moment.timestamp():
            yield uuid.UUID(path.stem)


def remove_strays(moment):
    """Remove what else lies where files arrive since before: a killed process leaves the file at which it looked, or
    which came with a form. Only under our own names: the folder may be one that others use. Returns how many."""
    found = [path for pattern in STRAYS for path in _root().glob(pattern)]
    return sum(_removed(path) for path in found if _is_older(path, moment))


def _is_older(path, moment):
    with contextlib.suppress(FileNotFoundError):
        return path.lstat().st_mtime < moment.timestamp()
    return False


def _removed(path):
    try:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    except OSError:
        log.exception("%s could not be removed; the next sweep will try again", path)
        return False
    return True


def _root():
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def _folder():
    return _root() / "uploads"


def _path(upload_id):
    return _folder() / f"{upload_id.hex}{ENDING}"
