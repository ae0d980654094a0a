"""The replies that the composer offers behind `/`."""

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import role_required
from accounts.models import Role

from ..queries.canned import canned_replies
from .answers import wants_json


@require_GET
@role_required(Role.AGENT)
def replies(request):
    """Canned replies that contain `q`: `{"replies": [{"shortcut", "title", "content"}]}`, or the popup's options."""
    found = canned_replies(request.GET.get("q", ""))
    if wants_json(request):
        fields = [{"shortcut": each.shortcut, "title": each.title, "content": each.content} for each in found]
        return JsonResponse({"replies": fields})
    return render(request, "agent/_canned.html", {"replies": found})
