"""Hands out one file. Whatever its bytes are, no browser runs them on our pages (RELIABILITY B12)."""

import logging

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ..attachments import visible
from ..file_kinds import PICTURES, served_type

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept by the browser, but asked for each time: a role that is gone, or another person here, gets nothing.
    "Cache-Control": "private, max-age=0",
}


@require_safe
def file(request, attachment_id):
    attachment = visible(request.user, attachment_id)
    if attachment is None:
        raise Http404
    etag = f'"{attachment.id.hex}"'  # a stored file never changes
    response = get_conditional_response(request, etag=etag) or _content(attachment)
    for name, value in {"ETag": etag, **HEADERS}.items():
        response[name] = value
    return response


def _content(attachment):
    try:
        with attachment.file.open("rb") as content:
            # Whole: a streamed file under ASGI is gathered in memory as well, and at most 20 MB.
            response = HttpResponse(content.read(), content_type=served_type(attachment.content_type))
    except FileNotFoundError:
        log.error("the file of attachment %s is missing", attachment.id)
        raise Http404 from None
    inline = attachment.content_type in PICTURES
    response["Content-Disposition"] = content_disposition_header(not inline, attachment.name)
    return response
