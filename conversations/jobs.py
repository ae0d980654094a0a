"""What the desk does on its own, in the worker."""

from django.utils import timezone

from jobs.queue import job

from . import attachments

DAY = 24 * 60 * 60


@job("sweep_attachments", every=DAY)
def sweep_attachments():
    """Remove files that no message took."""
    attachments.sweep(timezone.now())
