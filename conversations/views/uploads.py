"""How many files somebody may send in a while."""

from django.conf import settings

from accounts import limits


def refused_upload(request):
    """429 with the time to come back when these files are more than `RATE_UPLOAD` allows, else None."""
    waits = [limits.hit(request, "upload", settings.RATE_UPLOAD) for _ in request.FILES.getlist("file")]
    return limits.too_fast(request, max(waits)) if any(waits) else None
