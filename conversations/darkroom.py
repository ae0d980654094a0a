"""A process of its own for one picture: what hostile bytes take of memory and time ends with it (RELIABILITY C1).

A PNG of 190 KB may decode to 375 MB. Here the server's own memory holds none of it, a decoder that runs wild is stopped,
and one that is tricked into a crash takes nobody along. The process knows no secret, no database and no Django.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from . import heic_metadata, pictures
from .picture_heads import is_light
from .pictures import BadPicture, Picture, TooManyPixels

ROOT = Path(__file__).resolve().parent.parent
CPU_SECONDS = 90  # more than any time limit here: for one whose parent was killed and cannot stop it
MEMORY = 1 << 30  # bytes of address space; the largest permitted picture needs less than half
LIGHT_PIXELS, LIGHT_BYTES = 4_000_000, 4 << 20  # up to here a picture is looked at right here: a process takes 0.1 s
TASKS = {
    "examine": pictures.examine,
    "shrink": pictures.shrink,
    "convert": pictures.convert,
    "blank": heic_metadata.blank,
}
FAILED = {"bad": BadPicture, "large": TooManyPixels}
PASSED_ON = {"PATH", "PYTHONPATH", "SYSTEMROOT", "LANG", "LC_ALL", "TEMP", "TMP", "TMPDIR"}

# One process of a kind at a time: uploads do not wait for the jobs' work, and all together stay below three gigabytes.
_turns = {task: threading.Lock() for task in TASKS}
PATIENCE = 20  # seconds that somebody waits for their turn


class Busy(Exception):
    """Others' pictures take so long that this one was not looked at."""


def examined(content, *, folder, seconds=10):
    """As `pictures.examine`, whatever it is. `folder`: where files may lie for a moment. Raises Busy as well."""
    if not _is_light(content):
        return developed("examine", content, folder=folder, seconds=seconds)
    with _turn("examine", PATIENCE):
        return pictures.examine(content)


def _is_light(content):
    if content.seek(0, 2) > LIGHT_BYTES:
        return False
    content.seek(0)
    return is_light(content.read(), LIGHT_PIXELS)


def developed(task, content, *, folder, seconds, patience=None):
    """Run one of TASKS on the open file `content` in another process. Raises BadPicture (too slow included) and Busy."""
    with (
        _turn(task, PATIENCE if patience is None else patience),
        tempfile.TemporaryDirectory(prefix="picture-", dir=folder) as place,
    ):
        target = Path(place, "out")
        told = _ask(task, _on_disk(content, place), target, seconds)
        if told.get("failed") in FAILED or not {"width", "height"} <= set(told):
            raise FAILED.get(told.get("failed"), BadPicture)
        return Picture(told["width"], told["height"], target.read_bytes() if target.exists() else None)


@contextlib.contextmanager
def _turn(task, patience):
    if not _turns[task].acquire(timeout=patience):
        raise Busy
    try:
        yield
    finally:
        _turns[task].release()


def _ask(task, source, target, seconds):
    command = [sys.executable, "-m", __name__, task, str(source), str(target)]
    environment = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    # Each arena of a thread would count 64 MB of address space against the limit.
    environment["MALLOC_ARENA_MAX"] = "2"
    try:
        ran = subprocess.run(  # noqa: S603 — our own module, on a path of our own
            command, cwd=ROOT, env=environment, capture_output=True, timeout=seconds, check=False
        )
        return json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"failed": "bad"}


def _on_disk(content, place):
    """Where its bytes lie as a file: an upload that is one already is not copied."""
    with contextlib.suppress(AttributeError):
        return content.temporary_file_path()
    source = Path(place, "in")
    content.seek(0)
    with open(source, "wb") as copy:
        while piece := content.read(1 << 18):
            copy.write(piece)
    return source


def main(task, source, target):
    """In the other process: the result's size to standard output, its bytes, if there are any, to `target`."""
    _limit()
    try:
        with open(source, "rb") as content:
            picture = TASKS[task](content)
    except TooManyPixels:
        told = {"failed": "large"}
    except (BadPicture, MemoryError):
        told = {"failed": "bad"}
    else:
        told = {"width": picture.width, "height": picture.height}
        if picture.clean:
            Path(target).write_bytes(picture.clean)
    sys.stdout.write(json.dumps(told))


def _limit():
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit holds there as well
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


if __name__ == "__main__":
    main(*sys.argv[1:])
