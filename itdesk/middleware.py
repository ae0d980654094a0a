"""What holds for every request, whatever the view."""

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponseBadRequest
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from .errors import unavailable

CREDENTIAL_NAMES = frozenset({"token", "access_token", "sessionid", "corpsecret", "password"})
SIMULATED_API = "/wecom/simulator/cgi-bin/"


class BusyDatabase:
    """A database that does not answer is 503 with a time to come back, never a 500 (RELIABILITY R13, R14, R18)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return unavailable(request) if isinstance(exception, OperationalError) else None


class ClientAddress:
    """Sets REMOTE_ADDR from `X-Real-IP`, which only our nginx may set: behind it the peer is a socket or loopback."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        peer = request.META.get("REMOTE_ADDR") or ""
        if peer in {"", "127.0.0.1", "::1"} and not settings.LOOPBACK_ONLY:
            request.META["REMOTE_ADDR"] = request.headers.get("X-Real-IP", "") or "127.0.0.1"
        elif not peer:
            # On a Unix socket ASGI knows no peer and Django sets nothing; a limit by address would raise (RELIABILITY 5.2).
            request.META["REMOTE_ADDR"] = "127.0.0.1"
        return self.get_response(request)


class PrivatePages:
    """No browser, proxy or back button keeps a page; in-app browsers are the worst offenders (WECOM 7)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response.setdefault(
            "Permissions-Policy", "geolocation=(), microphone=(), camera=(self), display-capture=(self)"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class NoTokenInAddress:
    """Refuses an address that carries a credential by name, so that no such link can ever work (RELIABILITY A7)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(SIMULATED_API) and not CREDENTIAL_NAMES.isdisjoint(request.GET):
            return HttpResponseBadRequest(_("地址里不能带登录凭据"))
        return self.get_response(request)
