"""What the desk does on its own, in the worker."""

from datetime import timedelta

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import rights_changed
from jobs.queue import enqueue, job

from . import attachments
from .commands import lifecycle, pictures, uploads
from .queries.people import orphaned

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60
CONVERTED_WITHIN = timedelta(hours=3)  # longer than all tries of the job together


@job("return_orphans", every=MINUTE)
def return_orphans():
    """Let nobody wait for an agent who is none any more; every minute, in case a process died before it could ask."""
    lifecycle.return_orphans()


@receiver(rights_changed, dispatch_uid="jobs.return_orphans")
def _rights_changed(sender, **_):
    if orphaned():
        enqueue("return_orphans")


@job("sweep_attachments", every=DAY)
def sweep_attachments():
    """Remove files that no message took, and those that never arrived whole."""
    now = timezone.now()
    attachments.sweep(now)
    uploads.sweep(now)


@job(pictures.PREPARE_PICTURES)
def prepare_pictures(message_id):
    """Small copies of a message's pictures, and JPEGs of what an iPhone took."""
    pictures.prepare(message_id)


@job("end_waiting_pictures", every=HOUR)
def end_waiting_pictures():
    """No tile waits for ever: where every try failed (a full disk, say), the picture stays a plain file."""
    pictures.give_up_waiting(timezone.now() - CONVERTED_WITHIN)
