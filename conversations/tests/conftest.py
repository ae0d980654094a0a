"""What the tests of this app share."""

import pytest

from .pages import opened  # noqa: F401
from .sender import Sender


@pytest.fixture
def disk(settings, tmp_path):
    """Where files lie: `incoming` while they arrive, `media` afterwards."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path


@pytest.fixture
def phone(zhangwei, disk):
    """zhangwei's page, and a log that it sends in pieces."""
    return Sender(zhangwei)
