"""Files on WeCom's side: what it takes, and for how long it keeps them (WECOM 4)."""

import secrets
from datetime import timedelta

from django.utils import timezone

from . import rules
from .answers import Trouble
from .models import SimulatedMedia

LIFE = timedelta(days=3)
LEAST_BYTES = 5  # a file must have more
MEGABYTE = 1024 * 1024
MOST_BYTES = {"voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
KINDS = ("image", "voice", "video", "file")


def store(kind, name, content_type, content):
    """Keep an uploaded file. → SimulatedMedia. Raises Trouble for what WeCom would not take."""
    if kind not in KINDS:
        raise Trouble(40005, "invalid file type: type must be image, voice, video or file")
    if not content:
        raise Trouble(44001, "empty media data")
    if len(content) <= LEAST_BYTES:
        raise Trouble(40006, "invalid media size")
    if len(content) > _most(kind):
        raise Trouble(45001, "media file is too large")
    _check_shape(kind, content)
    return keep(kind, name, content_type, content)


def keep(kind, name, content_type, content):
    """Keep bytes that come from a phone: what WeCom's own app sends has no such limits to fail at."""
    SimulatedMedia.objects.filter(created_at__lt=timezone.now() - 2 * LIFE).delete()
    media_id = f"3{secrets.token_urlsafe(48)}"
    return SimulatedMedia.objects.create(
        media_id=media_id, kind=kind, name=name[-255:], content_type=content_type[:127] or "application/octet-stream",
        content=content,
    )  # fmt: skip


def find(media_id, kind=None):
    """The file, while it lives. Raises Trouble 40007, also for one of another `kind`."""
    row = SimulatedMedia.objects.filter(media_id=media_id, created_at__gt=timezone.now() - LIFE).first()
    if row is None or (kind and row.kind != kind):
        raise Trouble(40007, "invalid media_id")
    return row


def _most(kind):
    return int(rules.value("image_limit")) * MEGABYTE if kind == "image" else MOST_BYTES[kind]


def _check_shape(kind, content):
    if kind == "image" and not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise Trouble(40123, "invalid image format: jpg and png only")
    if kind == "voice" and not content.startswith(b"#!AMR"):
        raise Trouble(40004, "invalid media type: amr only")
    if kind == "video" and content[4:8] != b"ftyp":
        raise Trouble(40004, "invalid media type: mp4 only")
