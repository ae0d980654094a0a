"""What the desk does on its own, in the worker."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import rights_changed
from jobs.queue import enqueue, job

from . import attachments
from .commands import lifecycle, uploads
from .queries.people import orphaned

MINUTE, DAY = 60, 24 * 60 * 60


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
