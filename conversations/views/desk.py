"""The employee desk: one thread, one list of one's own requests, and the few things an employee can do."""

import uuid

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import role_required, takes_files
from accounts.limits import limited
from accounts.models import Role

from ..access import EMPLOYEE
from ..attachments import staged
from ..commands.lifecycle import handoff as hand_off
from ..commands.messages import post_message
from ..commands.reading import mark_read
from ..errors import Refused
from ..file_kinds import EXTENSIONS
from ..presentation import (
    draft_json,
    feedback_html,
    header_html,
    message_html,
    message_json,
    state_html,
    state_sentence,
)
from ..queries import history
from ..queries.drafts import own_draft, own_drafts
from ..queries.queue import position
from ..queries.reading import read_seqs
from ..queries.requests import current, greeting, own_requests, unread_elsewhere
from ..states import OPEN, Action, next_status
from .answers import fragments, is_fragment, refusal, wants_json
from .drafts import named_draft
from .flags import flag
from .numbers import whole_number
from .shared_strings import shared_strings
from .uploads import refused_upload

NOBODY = uuid.UUID(int=0)


@require_GET
@role_required(Role.USER)
def home(request):
    """What the employee is most likely here for: the open request, or an empty field for a new one (`?new=1`)."""
    fresh = "new" in request.GET
    present = None if fresh else current(request.user)
    page = history.page(present.id, user=request.user, audience=EMPLOYEE) if present else None
    return render(request, "desk/chat.html", _chat_context(request, page, fresh=fresh))


@require_GET
@role_required(Role.USER)
def conversation(request, conversation_id):
    """One request; `?m=SEQ` opens it at that message."""
    try:
        seq = whole_number(request.GET, "m")
        page = history.around(conversation_id, seq, user=request.user, audience=EMPLOYEE)
    except Refused as error:
        return _no_page(request, error)
    return render(request, "desk/chat.html", _chat_context(request, page, point=seq))


@require_GET
@role_required(Role.USER)
def requests(request):
    """Every request of one's own, the newest first; for HTMX the list alone."""
    mine = own_requests(request.user)
    begun = {each.conversation_id: draft_json(each)["line"] for each in own_drafts(request.user, EMPLOYEE)}
    for each in mine:
        each.begun = begun.get(each.pk)
        # In a list one word is enough for what is over; the thread itself says how to go on.
        each.sentence = each.get_status_display() if each.resolved_at else state_sentence(each, position(each))
    template = "desk/_requests.html" if is_fragment(request) else "desk/requests.html"
    return render(request, template, {"requests": mine, "begun": begun.get(None), **_room(request)})


@require_GET
@role_required(Role.USER)
def unread(request):
    """How many lines of others stand unread in one's requests, those of `conversation_id` left out."""
    raw_id = request.GET.get("conversation_id")
    try:
        shown = _uuid(raw_id) if raw_id else None
    except Refused as error:
        return refusal(request, error)
    mine = own_requests(request.user)
    number = unread_elsewhere(mine, shown)
    if is_fragment(request):
        still_open = [each.pk for each in mine if each.status in OPEN]
        only = still_open[0] if len(still_open) == 1 else None
        return render(request, "desk/_unread.html", {"unread": number, "only_open": only})
    return JsonResponse({"unread": number})


@takes_files
@require_http_methods(["GET", "POST"])
@role_required(Role.USER)
@limited("send", "RATE_SEND")
def messages(request):
    """GET pages through the messages of one request, POST writes one (CONTRACT 3)."""
    try:
        return _post(request) if request.method == "POST" else _page(request)
    except Refused as error:
        return refusal(request, error) if wants_json(request) or is_fragment(request) else _no_page(request, error)


def _page(request):
    numbers = {name: whole_number(request.GET, name) for name in ("after", "before", "since")}
    conversation_id = _uuid(request.GET.get("conversation_id"))
    page = history.page(conversation_id, user=request.user, audience=EMPLOYEE, **numbers)
    if wants_json(request):
        found = [message_json(message, EMPLOYEE) for message in page.messages]
        return JsonResponse({"messages": found, "has_more": page.has_more})
    return fragments([message_html(message, EMPLOYEE) for message in page.messages], has_more=page.has_more)


def _post(request):
    raw_id = request.POST.get("conversation_id")
    if put_off := refused_upload(request):
        return put_off
    with staged(request.user, request.FILES.getlist("file")) as files:
        message, created = post_message(
            author=request.user,
            content=request.POST.get("content", ""),
            client_id=request.POST.get("client_id"),
            msg_type=request.POST.get("msg_type") or "text",
            conversation_id=_uuid(raw_id) if raw_id else None,
            new_topic=flag(request.POST, "new_topic"),
            attachment_ids=[*request.POST.getlist("upload_id"), *files],
            begun=named_draft(request.POST),
        )
    status = 201 if created else 200
    if wants_json(request):
        return JsonResponse(message_json(message, EMPLOYEE), status=status)
    if is_fragment(request):
        return HttpResponse(message_html(message, EMPLOYEE), status=status)
    return _back_to(message.conversation_id)


@require_GET
@role_required(Role.USER)
def header(request, conversation_id):
    """The state line as it is now."""
    try:
        page = history.page(conversation_id, user=request.user, audience=EMPLOYEE, limit=1)
    except Refused as error:
        return refusal(request, error)
    return HttpResponse(header_html(page.conversation))


@require_POST
@role_required(Role.USER)
@limited("send", "RATE_SEND")
def handoff(request, conversation_id):
    """The employee wants a person."""
    try:
        present = hand_off(conversation_id, by=request.user)
    except Refused as error:
        return refusal(request, error)
    if wants_json(request):
        return JsonResponse(
            {"conversation_id": str(present.pk), "status": present.status, "version": present.public_version}
        )
    if is_fragment(request):
        return HttpResponse(header_html(present))
    return _back_to(conversation_id)


@require_POST
@role_required(Role.USER)
def read(request, conversation_id):
    """Remember how far the employee has read; the socket's `read` frame does the same."""
    try:
        shown = whole_number(request.POST, "shown")
        seq = whole_number(request.POST, "seq", required=shown is None)
        mark = mark_read(conversation_id, by=request.user, seq=seq or 0, shown=shown or 0, audience=EMPLOYEE)
    except Refused as error:
        return refusal(request, error)
    return JsonResponse({"conversation_id": str(conversation_id), "read_seq": mark.read_seq})


def _chat_context(request, page, *, fresh=False, point=None):
    present = page.conversation if page else None
    mine = own_requests(request.user)
    return {
        "conversation": present,
        "conversation_url": reverse("desk:conversation", args=[NOBODY]),
        "handoff_url": reverse("desk:handoff", args=[present.id if present else NOBODY]),
        "can_handoff": bool(present and next_status(present.status, Action.HANDOFF)),
        "header": state_html(present) if present else "",
        "feedback": feedback_html(present) if present else "",
        "bubbles": [message_html(message, EMPLOYEE) for message in page.messages] if page else [],
        "fresh": fresh,
        "point": point,
        "read": read_seqs(present.pk, user=request.user, audience=EMPLOYEE) if present else {},
        "greeting": greeting(),
        "earlier": mine[0] if mine and not present else None,
        "open_requests": sum(each.status in OPEN for each in mine),
        "unread": unread_elsewhere(mine, present and present.pk),
        "draft": draft_json(own_draft(request.user, EMPLOYEE, present.id if present else None), whole=True),
        "client_id": uuid.uuid4(),
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        "file_extensions": ",".join(EXTENSIONS),
        **_room(request),
    }


def _room(request):
    return {"several_roles": len(request.user.role_codes) > 1, "strings": {"shared": shared_strings()}}


def _no_page(request, error):
    """A browser without our scripts gets a page that says why."""
    return render(request, "error.html", {"status": error.status, "reason": error.reason}, status=error.status)


def _uuid(raw):
    try:
        return uuid.UUID(raw)
    except (TypeError, ValueError, AttributeError):
        raise Refused(_("conversation_id 必须是 UUID"), code="bad_conversation_id") from None


def _back_to(conversation_id):
    return HttpResponseRedirect(reverse("desk:conversation", args=[conversation_id]), status=303)
