"""What an agent does with a conversation. Each answers with the state that is true now, whoever was faster."""

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import role_required
from accounts.limits import limited
from accounts.models import Role

from .. import access
from ..commands import lifecycle
from ..errors import Conflict, Refused
from ..presentation import conversation_json
from ..queries import history, inbox
from ..queries.people import colleague, colleagues
from .answers import is_fragment, refusal, wants_json
from .console import console_context, header_context, named_view, thread_context
from .numbers import whole_number
from .thread import back_to


@require_POST
@role_required(Role.AGENT)
@limited("action", "RATE_ACTION")
def claim(request, conversation_id):
    return _act(request, conversation_id, lifecycle.claim)


@require_POST
@role_required(Role.AGENT)
@limited("action", "RATE_ACTION")
def release(request, conversation_id):
    return _act(request, conversation_id, lifecycle.release)


@require_POST
@role_required(Role.AGENT)
@limited("action", "RATE_ACTION")
def resolve(request, conversation_id):
    return _act(request, conversation_id, lifecycle.resolve, answer=_next_waiting)


@require_POST
@role_required(Role.AGENT)
@limited("action", "RATE_ACTION")
def reopen(request, conversation_id):
    return _act(request, conversation_id, lifecycle.reopen, answer=_opened_again)


@require_http_methods(["GET", "POST"])
@role_required(Role.AGENT)
@limited("action", "RATE_ACTION")
def transfer(request, conversation_id):
    """GET: the colleagues to choose from. POST `assigned_agent_id` (ours) or `userid` (WeCom's): hand it over."""
    if request.method == "GET":
        return _choose_colleague(request, conversation_id)
    return _act(request, conversation_id, _transfer(request), answer=_handed_over)


def _transfer(request):
    def command(conversation_id, **arguments):
        pk = whole_number(request.POST, "assigned_agent_id")
        to = colleague(pk=pk, userid=request.POST.get("userid"))
        if to is None:
            raise Refused(_("请选择一位同事"), code="no_such_agent")
        return lifecycle.transfer(conversation_id, to=to, **arguments)

    return command


def _choose_colleague(request, conversation_id):
    try:
        page = history.page(conversation_id, user=request.user, audience=access.AGENTS)
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    people = colleagues(page.conversation)
    if wants_json(request):
        found = [{"id": each.pk, "name": each.display_name, "in_hand": each.in_hand} for each in people]
        return JsonResponse({"colleagues": found})
    context = {"conversation": page.conversation, "colleagues": people, "view": named_view(request)}
    if is_fragment(request):
        return render(request, "agent/_transfer.html", context)
    return render(request, "agent/console.html", {**console_context(request, page), **context})


def _act(request, conversation_id, command, answer=None):
    """Run a command of the lifecycle and answer in the form that was asked for."""
    try:
        version = whole_number(request.POST, "version")
        conversation = command(conversation_id, by=request.user, version=version)
    except Conflict as conflict:
        return _overtaken(request, conflict)
    except Refused as error:
        return refusal(request, error, access.AGENTS)
    if wants_json(request):
        return JsonResponse(conversation_json(conversation))
    if not is_fragment(request):
        return back_to(request, conversation_id)
    return (answer or _header)(request, conversation)


def _header(request, conversation, status=200, **toast):
    context = {**header_context(conversation), "view": named_view(request), **toast}
    return render(request, "agent/_acted.html", context, status=status)


def _handed_over(request, conversation):
    name = conversation.assigned_agent.display_name
    return _header(request, conversation, toast=_("已转给 %(name)s") % {"name": name})


def _overtaken(request, conflict):
    """409 with the present state: the header repairs itself, and a sentence says who was faster."""
    if wants_json(request) or not is_fragment(request):
        return refusal(request, conflict, access.AGENTS)
    response = _header(request, conflict.conversation, status=409, toast=conflict.reason, toast_alert=True)
    response["HX-Retarget"], response["HX-Reswap"] = "#thread-head", "innerHTML"
    return response


def _next_waiting(request, resolved):
    """Done: open whoever waits longest in the agent's view, with a way to take the step back."""
    view = named_view(request)
    waiting = [each for each in inbox.inbox_page(request.user, view, limit=1).conversations if each.waiting_since]
    context = {"view": view, "toast": _("已解决：%(subject)s") % {"subject": resolved.subject}, "undo": resolved}
    address = reverse("agent:home")
    if waiting:
        page = history.page(waiting[0].pk, user=request.user, audience=access.AGENTS)
        context.update(thread_context(request, page))
        address = reverse("agent:conversation", args=[waiting[0].pk])
    response = render(request, "agent/_moved_on.html", context)
    response["HX-Push-Url"] = f"{address}?{urlencode({'view': view})}"
    return response


def _opened_again(request, conversation):
    """From the header: the new header. From the toast (undo), where another thread may be open: the whole thread."""
    if request.headers.get("HX-Target") != "pane":
        return _header(request, conversation)
    page = history.page(conversation.pk, user=request.user, audience=access.AGENTS)
    response = render(request, "agent/_thread.html", thread_context(request, page))
    address = reverse("agent:conversation", args=[conversation.pk])
    response["HX-Push-Url"] = f"{address}?{urlencode({'view': named_view(request)})}"
    return response
