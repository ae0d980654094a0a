"""How the queue is doing, for the readiness page and the gauges."""

from django.db.models import Min
from django.utils import timezone

from .models import Job, WorkerBeat


def health():
    """`oldest_ready_seconds` (float, None when nothing waits), `dead` (count), `worker_seen_at` (datetime or None)."""
    now = timezone.now()
    oldest = Job.objects.filter(state=Job.State.READY, run_at__lte=now).aggregate(at=Min("run_at"))["at"]
    return {
        "oldest_ready_seconds": (now - oldest).total_seconds() if oldest else None,
        "dead": Job.objects.filter(state=Job.State.DEAD).count(),
        "worker_seen_at": WorkerBeat.objects.values_list("seen_at", flat=True).first(),
    }
