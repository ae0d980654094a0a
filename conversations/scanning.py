"""Asks the firm's virus scanner about a file before anybody can see it, where one is set (`SCAN_COMMAND`)."""

import logging
import os
import subprocess
import tempfile

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import Refused

log = logging.getLogger(__name__)

CLEAN, INFECTED = 0, 1  # as clamscan and clamdscan end


def refuse_infected(content):
    """Raises Refused: 422 when the scanner finds something, 503 when it cannot tell. Nothing passes unseen."""
    if not settings.SCAN_COMMAND:
        return
    code = _scanned(content)
    if code == INFECTED:
        log.warning("a file was refused: the scanner found something in it")
        raise Refused(_("这个文件没有通过病毒检查，没有发出"), code="file_infected")
    if code != CLEAN:
        log.error("the scanner ended with %s; files are refused until it works", code)
        raise Refused(_("暂时无法检查文件，请稍后再试"), status=503, code="scan_unavailable")


def _scanned(content):
    """How the scanner ended, or why it did not."""
    try:
        if hasattr(content, "temporary_file_path"):
            content.flush()
            return _run(content.temporary_file_path())
        with tempfile.TemporaryDirectory(prefix="scan-", dir=settings.FILE_UPLOAD_TEMP_DIR) as place:
            return _run(_copied(content, os.path.join(place, "file")))
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__


def _copied(content, path):
    content.seek(0)
    with open(path, "wb") as copy:
        while piece := content.read(1 << 18):
            copy.write(piece)
    return path


def _run(path):
    command = [*settings.SCAN_COMMAND, path]
    # Without a shell: the path is ours, the words before it are the administrator's.
    ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=settings.SCAN_SECONDS)  # noqa: S603
    return ran.returncode
