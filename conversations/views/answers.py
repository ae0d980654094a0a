"""How a view answers: JSON for programs, a fragment for our pages, a redirect for a browser without scripts."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from ..presentation import conversation_json, message_json

RETRY_AFTER = "3"  # seconds, as `itdesk/errors.py` says when the database is away


def wants_json(request):
    """JSON when it is asked for, and when nobody says that HTML is wanted (CONTRACT 3)."""
    accept = request.headers.get("Accept", "")
    if "application/json" in accept:
        return True
    return not (is_fragment(request) or "text/html" in accept)


def is_fragment(request):
    """Whether our own page asks (HTMX or `http.js`), as against a plain browser form."""
    return "HX-Request" in request.headers


def refusal(request, error, audience="employee"):
    """The answer to a `Refused`: its status, its code, its sentence, and for a conflict the present state."""
    response = _refusal(request, error, audience)
    if error.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def _refusal(request, error, audience):
    if wants_json(request):
        body = {"error": error.code, "reason": error.reason}
        if getattr(error, "conversation", None) is not None:
            body["conversation"] = conversation_json(error.conversation, audience)
            body["messages"] = [message_json(message, audience) for message in error.messages]
        return JsonResponse(body, status=error.status)
    html = render_to_string("conversations/_refusal.html", {"error": error}, request)
    return HttpResponse(html, status=error.status)


def fragments(parts, *, has_more=None, status=200):
    """Rendered pieces one after the other; `X-Has-More` tells a list whether to ask on."""
    response = HttpResponse("".join(parts), status=status)
    if has_more is not None:
        response["X-Has-More"] = "true" if has_more else "false"
    return response
