"""What holds for every request, whatever the view."""

import codecs
import ipaddress
import secrets

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from . import errors, logs

CREDENTIAL_NAMES = frozenset({"token", "access_token", "sessionid", "corpsecret", "password"})
SIMULATED_API = "/wecom/simulator/cgi-bin/"
LOOPBACK = "127.0.0.1"


class RequestId:
    """A short name for each request: in every log line, in the answer's `X-Request-ID`, on the page of a 500."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Ours, never the client's: a name that somebody else chose could forge log lines.
        request.id = secrets.token_hex(4)
        logs.request_id.set(request.id)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class BusyDatabase:
    """A database that does not answer is 503 with a time to come back, never a 500 (RELIABILITY R13, R14, R18).

    Failures in a middleware do not pass here; `errors.server_error` treats those alike.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return errors.unavailable(request) if isinstance(exception, (OperationalError, InterfaceError)) else None


class ClientAddress:
    """Sets REMOTE_ADDR from `X-Real-IP`, which only our nginx may set: behind it the peer is a socket or loopback."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        peer = request.META.get("REMOTE_ADDR") or ""
        if peer in {"", LOOPBACK, "::1"}:
            # On a Unix socket ASGI knows no peer and Django sets nothing; a limit by address needs one.
            # A laptop has no proxy: there the header could only be a forgery.
            real = "" if settings.LOOPBACK_ONLY else request.headers.get("X-Real-IP", "")
            request.META["REMOTE_ADDR"] = real if _is_address(real) else LOOPBACK
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


class Utf8Only:
    """Refuses a request that says it is written in anything but UTF-8.

    Django decodes fields and the address with whatever codec the sender names: `unicode_escape` and `utf-7` make lone
    surrogates that no database stores, `rot13` and `undefined` raise from the first look at a field.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            request.encoding = None  # the answer, too, may look at the address
            return errors.bad_request(request)
        return self.get_response(request)


class NoTokenInAddress:
    """Refuses an address that carries a credential by name, so that no such link can ever work (RELIABILITY A7)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(SIMULATED_API) and not CREDENTIAL_NAMES.isdisjoint(request.GET):
            return errors.answer(request, 400, "token_in_address", _("地址里不能带登录凭据"))
        return self.get_response(request)


def _is_address(text):
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class SessionCookie(SessionMiddleware):
    """Django's, but a cookie is deleted only by the request that ended its session.

    Django deletes it as well when it knows no session of that name. Signing in again in another tab makes that true for
    every request that was on its way: its answer, coming last, would delete the new cookie, and both tabs are out.
    """

    def process_response(self, request, response):
        ended_here = request.session.modified
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not ended_here:
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response
