"""A phone that is drawn on a page keeps its own cookies, as a real one does, and its pages run in WeCom's own browser.

So an employee's phone and an agent's console stand side by side in one window. A page in the phone's frame is known by
its path or by the page that asked for it; its cookies travel under names of their own, so nothing else need know.
Settings put this in only where the simulator is on.
"""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from . import browsers

OWNER = "phone-owner"  # whose phone stands in the frame of this browser; without it there is no such phone
PHONE, PAGES = "phone.", "simulator."  # prefixes of the cookies of the frame, and of the page around it
SHARED = frozenset({"django_language", OWNER})
DESK = ("/itdesk/", "/ws/desk/")
SIMULATOR, AROUND, DOOR = "/wecom/simulator/", "/wecom/simulator/phone/", "/open"


class PhoneJar:
    """Middleware, before all that read cookies."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        prefix = jar_of(request.path, request.META.get("HTTP_REFERER", ""), _host(request), request.COOKIES)
        if not prefix:
            return self.get_response(request)
        request.COOKIES = taken_out(request.COOKIES, prefix)
        if prefix == PHONE:
            request.META["HTTP_USER_AGENT"] = browsers.user_agent()
        response = self.get_response(request)
        _put_back(response, prefix)
        if prefix == PHONE:
            browsers.add_bridge(response)
        return response


def jar_of(path, referer, host, cookies):
    """The prefix of the cookies this request may see, "" for the ordinary ones."""
    if path.startswith(AROUND):
        # Signing in inside the frame must not make the token of the page around it stale.
        return "" if path.endswith(DOOR) else PAGES
    if not cookies.get(OWNER) or path.startswith(SIMULATOR):
        return ""
    try:
        parts = urlsplit(referer)
    except ValueError:  # broken brackets
        return ""
    from_phone = parts.netloc == host and parts.path.startswith((*DESK, AROUND))
    return PHONE if path.startswith(DESK) or from_phone else ""


def taken_out(cookies, prefix):
    """The cookies of one jar under their own names, and those that all share."""
    own = {name.removeprefix(prefix): value for name, value in cookies.items() if name.startswith(prefix)}
    return own | {name: value for name, value in cookies.items() if name in SHARED}


def sockets(application):
    """Around the sockets: the frame's socket carries the frame's cookies."""

    async def with_jar(scope, receive, send):
        headers = [
            (name, _cookies_of_phone(value) if name == b"cookie" and scope["path"].startswith(DESK) else value)
            for name, value in scope["headers"]
        ]
        await application({**scope, "headers": headers}, receive, send)

    return with_jar


def _cookies_of_phone(header):
    text = header.decode("latin-1")
    cookies = dict(part.split("=", 1) for part in text.split("; ") if "=" in part)
    if not cookies.get(OWNER):
        return header
    return "; ".join(f"{name}={value}" for name, value in taken_out(cookies, PHONE).items()).encode("latin-1")


def _host(request):
    """What the browser wrote, unchecked: get_host() raises for a name that is not ours, and it is not for us to answer."""
    return request.META.get("HTTP_HOST", "")


def _put_back(response, prefix):
    renamed = SimpleCookie()
    for name, morsel in response.cookies.items():
        new = name if name in SHARED else f"{prefix}{name}"
        try:
            renamed[new] = morsel.value
        except CookieError:
            continue
        renamed[new].update(morsel)
    response.cookies = renamed
