"""The agent console's page and its list."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import role_required
from accounts.models import Role

from .. import access
from ..errors import NotFound, Refused
from ..models import Conversation
from ..presentation import conversation_json, row_html
from ..queries import inbox
from ..wording import visitor_gone
from .answers import is_fragment, refusal, wants_json
from .console import console_context, named_view, view_name


@require_GET
@role_required(Role.AGENT)
def home(request):
    """The console with nothing open; for HTMX only the empty pane."""
    if is_fragment(request):
        return render(request, "agent/_pane_empty.html", {"view": named_view(request)})
    return render(request, "agent/console.html", console_context(request))


@require_GET
@role_required(Role.AGENT)
def conversations(request):
    """One page of a view: JSON by the contract, or for HTMX its rows (the whole list column when that is the target)."""
    view = request.GET.get("view", inbox.WAITING)
    q = request.GET.get("q", "")
    try:
        page = inbox.inbox_page(request.user, view, q=q, cursor=request.GET.get("cursor", ""))
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    if wants_json(request):
        found = [conversation_json(conversation) for conversation in page.conversations]
        return JsonResponse({"conversations": found, "next_cursor": page.next_cursor or None})
    context = {"view": view, "view_name": view_name(view), "q": q, "page": page}
    if not is_fragment(request):
        return render(request, "agent/console.html", {**console_context(request), **context})
    column = request.headers.get("HX-Target") == "inbox"
    return render(request, "agent/_inbox.html" if column else "agent/_rows.html", context)


@require_GET
@role_required(Role.AGENT)
def counts(request):
    """How many stand in each view: JSON, or the numbers of the rail to swap in place."""
    numbers = inbox.counts(request.user)
    if wants_json(request):
        return JsonResponse(numbers)
    return render(request, "agent/_counts.html", {"counts": numbers})


@require_GET
@role_required(Role.AGENT)
def row(request, conversation_id):
    """One line of the list as this agent sees it: the shared row, and whether it is unread."""
    try:
        conversation = _visible(request.user, conversation_id)
    except NotFound as error:
        return refusal(request, error, access.AGENTS)
    if wants_json(request):
        return JsonResponse(conversation_json(conversation))
    if not is_fragment(request):
        return HttpResponse(row_html(conversation))
    unread = inbox.unread(request.user, [conversation])
    return render(request, "agent/_item.html", {"conversation": conversation, "unread": unread})


def _visible(agent, conversation_id):
    visible = access.visible_to(agent, access.AGENTS).select_related("employee", "assigned_agent")
    try:
        return visible.get(pk=conversation_id)
    except Conversation.DoesNotExist:
        raise NotFound(visitor_gone()) from None
