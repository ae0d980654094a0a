"""How a request as a whole is refused: JSON for programs, a fragment for our pages, a page for a browser."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def answer(request, status, error, reason, **facts):
    """One sentence in the form that was asked for (CONTRACT 3). `facts` go into the JSON as they are."""
    accept = request.headers.get("Accept", "")
    if "application/json" not in accept:
        if "HX-Request" in request.headers:
            fragment = render_to_string("_refusal.html", {"error": error, "reason": reason})
            return HttpResponse(fragment, status=status)
        if "text/html" in accept:
            return render(request, "error.html", {"status": status, "error": error, "reason": reason}, status=status)
    return JsonResponse({"error": error, "reason": str(reason), **facts}, status=status)
