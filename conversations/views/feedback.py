"""What an employee says with one tap: solved, not solved, how it was, please hurry (commands/feedback.py)."""

import math

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import role_required
from accounts.limits import limited
from accounts.models import Role

from ..access import EMPLOYEE
from ..commands import feedback
from ..errors import Refused, TooSoon
from ..presentation import conversation_json, feedback_json, header_html
from .answers import is_fragment, refusal, wants_json
from .numbers import whole_number


@require_POST
@role_required(Role.USER)
@limited("action", "RATE_ACTION")
def solved(request, conversation_id):
    """POST `epoch`: which resolution is meant."""
    return _said(request, conversation_id, lambda: feedback.confirm_solved(conversation_id, **_resolution(request)))


@require_POST
@role_required(Role.USER)
@limited("action", "RATE_ACTION")
def unsolved(request, conversation_id):
    """POST `epoch`. Back into the queue in the same tap."""
    return _said(request, conversation_id, lambda: feedback.say_unsolved(conversation_id, **_resolution(request)))


@require_POST
@role_required(Role.USER)
@limited("action", "RATE_ACTION")
def rating(request, conversation_id):
    """POST `epoch`, `score` (1 to 3), `words`; one of the last two may be left out."""

    def command():
        score = whole_number(request.POST, "score")
        return feedback.rate(conversation_id, score=score, words=request.POST.get("words"), **_resolution(request))

    return _said(request, conversation_id, command)


@require_POST
@role_required(Role.USER)
@limited("action", "RATE_ACTION")
def urge(request, conversation_id):
    return _said(request, conversation_id, lambda: feedback.urge(conversation_id, by=request.user))


def _resolution(request):
    return {"by": request.user, "epoch": whole_number(request.POST, "epoch", required=True)}


def _said(request, conversation_id, command):
    """Run it, and answer in the form that was asked for with what is true now."""
    try:
        present = command()
    except Refused as error:
        return _refused(request, error)
    if wants_json(request):
        return JsonResponse({**conversation_json(present, EMPLOYEE), **feedback_json(present)})
    if is_fragment(request):
        return HttpResponse(header_html(present))
    return HttpResponseRedirect(reverse("desk:conversation", args=[conversation_id]), status=303)


def _refused(request, error):
    if wants_json(request) or is_fragment(request):
        response = refusal(request, error)
    else:
        response = render(request, "error.html", {"status": error.status, "reason": error.reason}, status=error.status)
    if isinstance(error, TooSoon):
        response["Retry-After"] = str(math.ceil(error.wait.total_seconds()))
    return response
