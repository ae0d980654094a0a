"""Hands out one file. Whatever its bytes are, no browser runs them on our pages (RELIABILITY B12)."""

import logging
import re
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.answers import answer

from .. import file_links
from ..attachments import visible
from ..file_kinds import PICTURES, TEXT, served_type
from ..file_store import path_of
from ..plain_text import beginning
from .answers import is_fragment

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept by the browser, but asked for each time: a role that is gone, or another person here, gets nothing.
    "Cache-Control": "private, max-age=0",
}
NATIVE_VIEWER = re.compile(settings.NATIVE_VIEWERS, re.IGNORECASE)


@require_safe
def file(request, attachment_id):
    """The file as it is: a picture for the page, everything else, and with `?download` a picture too, for saving."""
    attachment = _found(request, attachment_id)
    saved = "download" in request.GET or attachment.content_type not in PICTURES
    if saved and NATIVE_VIEWER.search(request.headers.get("User-Agent", "")):
        # Who saves there is another program, without our cookie. It follows the page to where the page is sent.
        return HttpResponseRedirect(file_links.signed_address(attachment, request.user), status=303)
    return _answer(request, attachment, saved)


@require_safe
@login_not_required
def signed(request, attachment_id):
    """The file for who holds a signed address, for saving only. No cookie is looked at."""
    try:
        attachment = file_links.attachment_of(attachment_id, request.GET.get("signed", ""))
    except file_links.Expired:
        return answer(request, 403, "link_expired", _("这个链接已过期，请回到对话里再点一次"))
    if attachment is None:
        raise Http404
    return _answer(request, attachment, saved=True)


@require_safe
def thumbnail(request, attachment_id):
    """The small copy of a picture."""
    attachment = _found(request, attachment_id)
    if not attachment.thumbnail:
        raise Http404
    kind = "image/png" if attachment.thumbnail.name.endswith(".png") else "image/jpeg"
    return _served(request, attachment.thumbnail, kind, content_disposition_header(False, attachment.name))


@require_safe
def text(request, attachment_id):
    """How a text begins, as a fragment for a page that shows it over the thread."""
    attachment = _found(request, attachment_id)
    if attachment.content_type != TEXT:
        raise Http404
    if not is_fragment(request):
        return redirect("attachments:file", attachment_id)
    with _opened(attachment.file) as content:
        words, more = beginning(content)
    return render(request, "conversations/_text.html", {"file": attachment, "words": words, "more": more})


def _found(request, attachment_id):
    attachment = visible(request.user, attachment_id)
    if attachment is None:
        raise Http404
    return attachment


def _answer(request, attachment, saved):
    disposition = content_disposition_header(saved, attachment.name)
    return _served(request, attachment.file, served_type(attachment.content_type), disposition)


def _served(request, stored, kind, disposition):
    etag = f'"{stored.name.rpartition("/")[2]}"'  # what is stored under a name never changes
    response = get_conditional_response(request, etag=etag) or _content(stored, kind, disposition)
    for name, value in {"ETag": etag, **HEADERS}.items():
        response[name] = value
    return response


def _content(stored, kind, disposition):
    response = HttpResponse(content_type=kind)
    response["Content-Disposition"] = disposition
    if settings.FILES_ACCEL and path_of(stored):
        response["X-Accel-Redirect"] = settings.FILES_ACCEL + quote(stored.name)
        return response
    with _opened(stored) as content:
        # Whole: Daphne takes no notice of how fast a client reads, and pieces would lie in its buffer all together.
        response.content = content.read()
    return response


def _opened(stored):
    try:
        return stored.open("rb")
    except FileNotFoundError:
        log.error("%s is missing", stored.name)
        raise Http404 from None
