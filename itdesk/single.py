"""The in-memory layer reaches one process only, so a second process that would serve beside it is refused."""

import sys

from django.conf import settings
from django.db import connections

from .environment import Malformed

_held = None
ADVISORY_KEY = 0x17DE5C  # any number; the same for every desk process on one database


def claim():
    """Hold the right to serve this database with the in-memory layer until the process ends.

    Raises Malformed (one line, exit 1) when another process holds it. With Redis any number may serve.
    """
    global _held
    if settings.REDIS_URL or _held is not None:
        return
    database = connections["default"]
    held = _file_lock(database) if database.vendor == "sqlite" else _advisory_lock(database)
    if held is None:
        raise Malformed(
            "REDIS_URL", "is missing, and another process already serves this database; several processes need Redis"
        )
    _held = held


def _file_lock(database):
    name = str(database.settings_dict["NAME"])
    if name == ":memory:" or name.startswith("file:"):
        return True
    # Kept open for the life of the process: the system lets go of the lock however the process ends.
    file = open(f"{name}.serving", "a+b")  # noqa: SIM115
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _advisory_lock(database):
    # A connection of its own: the lock lives exactly as long as this session, and no pool may hand it out.
    connection = database.copy(alias="default")
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": {}}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_KEY])
        return connection if cursor.fetchone()[0] else None
