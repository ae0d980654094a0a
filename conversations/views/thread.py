"""The open conversation on the agent's side: its messages, its header, its person."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import role_required, takes_files
from accounts.limits import limited
from accounts.models import Role

from .. import access
from ..attachments import staged
from ..commands.messages import post_reply
from ..commands.reading import mark_read
from ..errors import Refused
from ..presentation import conversation_json, message_html, message_json
from ..queries import history
from ..queries.articles import helpful_articles
from ..queries.people import recent_requests
from ..queries.timeline import timeline
from .answers import fragments, is_fragment, refusal, wants_json
from .console import console_context, header_context, named_view, thread_context
from .drafts import named_draft
from .flags import flag
from .numbers import whole_number
from .uploads import refused_upload


@require_GET
@role_required(Role.AGENT)
def conversation(request, conversation_id):
    """One conversation: the whole page, or for HTMX the middle pane."""
    try:
        seq = whole_number(request.GET, "m")
        page = history.around(conversation_id, seq, user=request.user, audience=access.AGENTS)
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    if wants_json(request):
        return JsonResponse(conversation_json(page.conversation))
    if is_fragment(request):
        return render(request, "agent/_thread.html", thread_context(request, page, seq))
    return render(request, "agent/console.html", console_context(request, page, seq))


@require_GET
@role_required(Role.AGENT)
def header(request, conversation_id):
    """The thread's header as it is now: subject, state and what may be done."""
    try:
        present = history.page(conversation_id, user=request.user, audience=access.AGENTS, limit=1).conversation
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    if wants_json(request):
        return JsonResponse(conversation_json(present))
    return render(request, "agent/_thread_header.html", {**header_context(present), "view": named_view(request)})


@takes_files
@require_http_methods(["GET", "POST"])
@role_required(Role.AGENT)
@limited("send", "RATE_SEND")
def messages(request, conversation_id):
    """GET pages through the messages, POST answers or notes (CONTRACT 3)."""
    try:
        return _post(request, conversation_id) if request.method == "POST" else _page(request, conversation_id)
    except Refused as error:
        return refusal(request, error, access.AGENTS)


def _page(request, conversation_id):
    numbers = {name: whole_number(request.GET, name) for name in ("after", "before", "since")}
    page = history.page(conversation_id, user=request.user, audience=access.AGENTS, **numbers)
    if wants_json(request):
        found = [message_json(message, access.AGENTS) for message in page.messages]
        return JsonResponse({"messages": found, "has_more": page.has_more})
    return fragments([message_html(message, access.AGENTS) for message in page.messages], has_more=page.has_more)


def _post(request, conversation_id):
    if put_off := refused_upload(request):
        return put_off
    with staged(request.user, request.FILES.getlist("file")) as files:
        message, created = post_reply(
            author=request.user,
            conversation_id=conversation_id,
            content=request.POST.get("content", ""),
            client_id=request.POST.get("client_id"),
            msg_type=request.POST.get("msg_type") or "text",
            internal=flag(request.POST, "internal"),
            based_on_seq=whole_number(request.POST, "based_on_seq"),
            attachment_ids=[*request.POST.getlist("upload_id"), *files],
            begun=named_draft(request.POST),
        )
    status = 201 if created else 200
    if wants_json(request):
        return JsonResponse(message_json(message, access.AGENTS), status=status)
    if is_fragment(request):
        return HttpResponse(message_html(message, access.AGENTS), status=status)
    return back_to(request, conversation_id)


@require_GET
@role_required(Role.AGENT)
def person(request, conversation_id):
    """The side panel: who it is, what they asked before, what happened so far."""
    try:
        present = history.page(conversation_id, user=request.user, audience=access.AGENTS, limit=1).conversation
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    if not is_fragment(request):
        return back_to(request, conversation_id)
    context = {
        "conversation": present,
        "recent": recent_requests(request.user, present),
        "articles": helpful_articles(present),
        "timeline": timeline(present),
        "view": named_view(request),
    }
    return render(request, "agent/_person.html", context)


@require_POST
@role_required(Role.AGENT)
def read(request, conversation_id):
    """Remember how far this agent has read."""
    try:
        seq = whole_number(request.POST, "seq", required=True)
        mark = mark_read(conversation_id, by=request.user, seq=seq, audience=access.AGENTS)
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    return JsonResponse({"conversation_id": str(conversation_id), "read_seq": mark.read_seq})


def back_to(request, conversation_id):
    """Where a browser without scripts goes after a form: the page it came from, in the same view."""
    address = reverse("agent:conversation", args=[conversation_id])
    return HttpResponseRedirect(f"{address}?{urlencode({'view': named_view(request)})}", status=303)
