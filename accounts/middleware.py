"""Every address asks for a signed-in person unless its view says otherwise."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.utils.translation import gettext as _


class SignedIn(LoginRequiredMiddleware):
    """Pages are sent to the login; scripts and HTMX get 401, so that nothing typed is swapped away."""

    def handle_no_permission(self, request, view_func):
        page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        if page and request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        return JsonResponse({"error": "not_signed_in", "reason": _("登录已过期，请重新登录")}, status=401)
