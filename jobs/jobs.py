"""The queue's own housekeeping."""

from datetime import timedelta

from django.utils import timezone

from .models import Job
from .queue import job

KEEP_DONE = timedelta(days=7)  # longer than any periodic slot, so that a pruned key can never run its slot again


@job("prune_jobs", every=3600)
def prune_jobs():
    """Delete what was done more than a week ago. Dead jobs stay until somebody looks at them."""
    Job.objects.filter(state=Job.State.DONE, finished_at__lt=timezone.now() - KEEP_DONE).delete()
