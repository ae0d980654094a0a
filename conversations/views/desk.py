"""The employee desk: one conversation on screen, the list of one's own, and the post that writes."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import role_required
from accounts.limits import limited
from accounts.models import Role

from .. import access
from ..attachments import stage
from ..commands import lifecycle, reading
from ..commands.messages import post_message
from ..errors import NotFound, Refused
from ..presentation import header_html, message_html, message_json
from ..queries import history
from ..queries.requests import current, greeting, own_requests
from ..wording import visitor_gone
from .answers import fragments, is_fragment, refusal, wants_json
from .numbers import whole_number


@require_GET
@role_required(Role.USER)
def home(request):
    """The newest open conversation, or with `?new=1`, or when there is none, an empty page that greets."""
    conversation = None if request.GET.get("new") else current(request.user)
    if conversation is None:
        return render(request, "desk/home.html", {"greeting": greeting()})
    return _thread(request, conversation.pk)


@require_GET
@role_required(Role.USER)
def conversation(request, conversation_id):
    """One conversation; `?m=SEQ` opens it at that message, as the card in WeCom asks."""
    try:
        return _thread(request, conversation_id, whole_number(request.GET, "m"))
    except Refused as error:
        return refusal(request, error)


def _thread(request, conversation_id, seq=None):
    page = history.around(conversation_id, seq, user=request.user, audience=access.EMPLOYEE)
    context = {
        "conversation": page.conversation,
        "messages": [message_html(message, access.EMPLOYEE) for message in page.messages],
        "has_more": page.has_more,
        "header": header_html(page.conversation),
        "target_seq": seq,
    }
    return render(request, "desk/home.html", context)


@require_GET
@role_required(Role.USER)
def requests(request):
    """我的请求: everything this employee asked, newest first."""
    return render(request, "desk/requests.html", {"conversations": own_requests(request.user)})


@require_http_methods(["GET", "POST"])
@role_required(Role.USER)
@limited("send", "RATE_SEND")
def messages(request):
    """GET pages through the messages of a conversation, POST writes one (CONTRACT 3)."""
    try:
        return _post(request) if request.method == "POST" else _page(request)
    except Refused as error:
        return refusal(request, error)


def _page(request):
    numbers = {name: whole_number(request.GET, name) for name in ("after", "before", "since")}
    conversation_id = _conversation_id(request.GET, required=True)
    page = history.page(conversation_id, user=request.user, audience=access.EMPLOYEE, **numbers)
    if wants_json(request):
        found = [message_json(message, access.EMPLOYEE) for message in page.messages]
        return JsonResponse({"messages": found, "has_more": page.has_more})
    return fragments([message_html(message, access.EMPLOYEE) for message in page.messages], has_more=page.has_more)


def _post(request):
    staged = [stage(request.user, file).id for file in request.FILES.getlist("file")]
    message, created = post_message(
        author=request.user,
        content=request.POST.get("content", ""),
        client_id=request.POST.get("client_id"),
        msg_type=request.POST.get("msg_type") or "text",
        conversation_id=_conversation_id(request.POST),
        new_topic=request.POST.get("new_topic") == "1",
        attachment_ids=[*request.POST.getlist("upload_id"), *staged],
    )
    status = 201 if created else 200
    if wants_json(request):
        return JsonResponse(message_json(message, access.EMPLOYEE), status=status)
    if is_fragment(request):
        return HttpResponse(message_html(message, access.EMPLOYEE), status=status)
    return HttpResponseRedirect(reverse("desk:conversation", args=[message.conversation_id]), status=303)


@require_GET
@role_required(Role.USER)
def header(request, conversation_id):
    """The state line as it is now."""
    try:
        page = history.page(conversation_id, user=request.user, audience=access.EMPLOYEE, limit=1)
    except Refused as error:
        return refusal(request, error)
    return HttpResponse(header_html(page.conversation))


@require_POST
@role_required(Role.USER)
def handoff(request, conversation_id):
    """转人工."""
    try:
        present = lifecycle.handoff(conversation_id, by=request.user)
    except Refused as error:
        return refusal(request, error)
    if is_fragment(request):
        return HttpResponse(header_html(present))
    if wants_json(request):
        return JsonResponse({"conversation_id": str(present.pk), "status": present.status, "version": present.version})
    return HttpResponseRedirect(reverse("desk:conversation", args=[present.pk]), status=303)


@require_POST
@role_required(Role.USER)
def read(request, conversation_id):
    """Remember how far this employee has read; what the socket's `read` says when there is no socket."""
    try:
        seq = whole_number(request.POST, "seq", required=True)
        mark = reading.mark_read(conversation_id, by=request.user, seq=seq, audience=access.EMPLOYEE)
    except Refused as error:
        return refusal(request, error)
    return JsonResponse({"conversation_id": str(conversation_id), "read_seq": mark.read_seq})


def _conversation_id(fields, required=False):
    """The UUID in `conversation_id`, None when absent. One that is no UUID is as absent as a foreign one."""
    raw = fields.get("conversation_id", "").strip()
    if not raw and not required:
        return None
    try:
        return UUID(raw)
    except ValueError:
        raise NotFound(visitor_gone()) from None
