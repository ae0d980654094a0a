"""Files go down to the disk before a row names them, through Django's storage and nothing else (RELIABILITY R9)."""

import logging
import os
import secrets

from jobs import faults

from .room import no_room

log = logging.getLogger(__name__)


def ending():
    """What makes a stored name one that no row can have yet: what fails half-way may then be thrown away by its name."""
    return f"-{secrets.token_hex(4)}"


def put(field_file, content, name=""):
    """Store `content` under the name that the field gives it. Raises Refused when there is no room: then the field names
    what it named before, and that still lies there."""
    before = field_file.name
    try:
        content.seek(0)
        field_file.save(name, content, save=False)
        faults.at("m7")
        _flush(field_file)
        faults.at("m8")
    except OSError:
        log.exception("a file of attachment %s could not be written", field_file.instance.pk)
        _take_back(field_file, name, before)
        raise no_room() from None


def _take_back(field_file, name, before):
    """Remove what `put` wrote, or had begun to write: that has not told its name yet. Never what was there before."""
    begun = field_file.field.generate_filename(field_file.instance, name)
    written = begun if field_file.name == before else field_file.name
    if written != before:
        remove(field_file.storage, written)
    field_file.name = before
    setattr(field_file.instance, field_file.field.attname, before)


def remove(storage, name):
    try:
        storage.delete(name)
    except OSError:
        log.exception("%s could not be removed; the sweep will", name)


def path_of(field_file):
    """Where the file lies on this machine, or None in a storage that is no file system."""
    try:
        return field_file.path
    except NotImplementedError:
        return None


def _flush(field_file):
    path = path_of(field_file)
    if path is None:  # such a storage answers only when it holds the file
        return
    _fsync(path)
    if os.name == "posix":  # Windows cannot open a directory, and needs not
        _fsync(os.path.dirname(path))


def _fsync(path):
    handle = os.open(path, os.O_RDWR if os.path.isfile(path) else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
