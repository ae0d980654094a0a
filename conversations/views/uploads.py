"""Files on their way to the desk, in pieces or with a form: how many somebody may send, and how far each has come."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.doors import role_required
from accounts.models import Role

from ..commands import uploads
from ..errors import Misplaced, Refused
from ..wording import checked_client_id
from .answers import refusal
from .numbers import whole_number

LARGEST = 2**53 - 1  # what JavaScript counts to; a file of that size is refused for its size


def refused_upload(request):
    """429 with the time to come back when these files are more than `RATE_UPLOAD` allows, else None."""
    waits = [limits.hit(request, "upload", settings.RATE_UPLOAD) for _file in request.FILES.getlist("file")]
    return limits.too_fast(request, max(waits)) if any(waits) else None


@require_POST
@role_required(Role.USER, Role.AGENT)
def begin(request):
    """Announce a file, or ask how far it has come: the same `upload_id` again is the same upload."""
    try:
        upload_id = checked_client_id(request.POST.get("upload_id"), "upload_id")
        known = uploads.find_upload(request.user, upload_id)
        if known:
            return _answer(known)
        if seconds := limits.hit(request, "upload", settings.RATE_UPLOAD):
            return limits.too_fast(request, seconds)
        size = whole_number(request.POST, "size", required=True, largest=LARGEST)
        name = request.POST.get("name", "")
        return _answer(uploads.begin_upload(owner=request.user, upload_id=upload_id, name=name, size=size), 201)
    except Refused as error:
        return refusal(request, error)


@require_http_methods(["GET", "PUT", "DELETE"])
@role_required(Role.USER, Role.AGENT)
def upload(request, upload_id):
    """GET: how far it has come; PUT: the bytes that follow the first `offset`; DELETE: it is not wanted any more."""
    named = {"owner": request.user, "upload_id": upload_id}
    try:
        if request.method == "PUT":
            return _answer(uploads.take_chunk(**named, offset=_offset(request), chunk=_chunk(request)))
        if request.method == "DELETE":
            uploads.cancel_upload(**named)
            return HttpResponse(status=204)
        return _answer(uploads.progress_of(**named))
    except Misplaced as error:
        return _answer(error.progress, error.status, error=error.code, reason=error.reason)
    except Refused as error:
        return refusal(request, error)


def _offset(request):
    return whole_number(request.GET, "offset", required=True, largest=LARGEST)


def _chunk(request):
    # As a stream, and one byte more than allowed: what arrives counts, not what a header says of it.
    chunk = request.read(uploads.MAX_CHUNK + 1)
    if len(chunk) > uploads.MAX_CHUNK:
        limit = filesizeformat(uploads.MAX_CHUNK)
        raise Refused(_("一段不能超过 %(limit)s") % {"limit": limit}, status=413, code="too_large")
    return chunk


def _answer(progress, status=200, **more):
    facts = {"upload_id": str(progress.upload_id), "size": progress.size, "received": progress.received}
    return JsonResponse({**more, **facts, "done": progress.done}, status=status)
