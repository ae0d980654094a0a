"""One request to WeCom over HTTP and its answer. What goes wrong comes out without an address, because that holds the
secret or the token in its query and `requests` writes the whole of it into its exceptions.
"""

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, quote_plus

import requests
from django.conf import settings
from django.views.decorators.debug import sensitive_variables
from urllib3.exceptions import HTTPError, NewConnectionError, ProxyError

from .codes import STALE
from .errors import WecomError, error_for

TIMEOUTS = (3.05, 10)  # seconds: connect, read
SLOWEST, SLOWEST_FILE = 15, 90  # seconds until the last byte: a trickle restarts the read timeout for ever
MAX_ANSWER = 2 * 1024 * 1024
MAX_MEDIA = 20 * 1024 * 1024  # WeCom's own limit for the largest kind (WECOM 4)
JSON = {"Content-Type": "application/json; charset=utf-8"}

logger = logging.getLogger(__name__)
_threads = threading.local()


@dataclass(frozen=True)
class Request:
    """What is asked: `path` below the base, `params` for the query, and `body` (JSON bytes) or `files` (multipart)."""

    method: str
    path: str
    params: dict = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    files: dict | None = field(default=None, repr=False)
    most: int | None = None  # bytes of the file that is asked for; None: an answer in JSON

    def with_(self, **params):
        return Request(self.method, self.path, {**self.params, **params}, self.body, self.files, self.most)


@dataclass(frozen=True)
class Media:
    """A file as WeCom keeps it. `name` may be empty, `content_type` is what WeCom says it is: believe neither."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@sensitive_variables()
def ask(base, request, seen=None):
    """→ the JSON answer with errcode 0 as a dict, or the `Media` where WeCom answers a file. Raises WecomError.

    `seen`: a dict that gets the headers of the answer, whatever that is.
    """
    status, headers, content, trouble = None, {}, b"", None
    deadline = time.monotonic() + (SLOWEST if request.most is None else SLOWEST_FILE)
    try:
        with _session().request(request.method, f"{base}/{request.path}", **_options(request)) as response:
            status, headers = response.status_code, response.headers
            content = _limited(response.raw, request.most, deadline)
    except (requests.RequestException, HTTPError) as error:
        trouble = "unreachable" if _never_left(error) else "interrupted"
    # Raised out here: inside the `except` it would carry the whole address along as its context.
    if trouble:
        raise error_for(trouble)
    if seen is not None:
        seen.update(headers)
    if status != 200:
        raise error_for(f"http {status}")
    return _media(headers, content) or _checked(content, request)


def probe(base):
    """Ask with no token, which needs no settings at all. → (seconds that our clock is ahead of WeCom's, or None where
    it does not say; the address that it sees us come from, or ""). Raises WecomError when nobody answers as WeCom does.
    """
    before, headers, trouble = time.time(), {}, None
    try:
        ask(base, Request("GET", "get_api_domain_ip"), headers)
    except WecomError as error:
        trouble = error
    if trouble is None or trouble.kind != STALE:
        raise error_for(trouble.code if trouble else "garbled")
    return _ahead((before + time.time()) / 2, headers.get("Date", "")), trouble.from_ip


def _ahead(now, date):
    try:
        return now - parsedate_to_datetime(date).timestamp() - 0.5  # the header has whole seconds
    except ValueError:
        return None


def _session():
    """A session of this thread: connections are kept. Proxies and .netrc of the environment are not asked."""
    if not hasattr(_threads, "session"):
        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        _threads.session = session
    return _threads.session


@sensitive_variables()
def _options(request):
    proxies = {"http": settings.WECOM_PROXY, "https": settings.WECOM_PROXY} if settings.WECOM_PROXY else {}
    return {
        "params": request.params,
        "data": request.body,
        "files": request.files,
        "headers": JSON if request.body is not None else {},
        "proxies": proxies,
        "timeout": TIMEOUTS,
        "allow_redirects": False,
        "stream": True,
    }


def _limited(raw, most, deadline):
    content = bytearray()
    while piece := raw.read1(65_536, decode_content=True):
        content += piece
        if len(content) > (most or MAX_ANSWER):
            raise error_for("garbled" if most is None else "too_big")
        if time.monotonic() > deadline:
            raise error_for("interrupted")
    return bytes(content)


def _never_left(error):
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    inner = error.args[0] if error.args else None
    # ProxyError: urllib3 raises it only for a proxy that it has not got through to yet.
    return isinstance(getattr(inner, "reason", None), NewConnectionError | ProxyError)


def _media(headers, content):
    """A file, or None: `media/get` answers JSON with the same status when it fails (WECOM 1).

    A file of JSON is a file all the same: it comes with its name, and a failure never does.
    """
    parsed = EmailMessage()
    parsed["Content-Disposition"] = _utf8(headers.get("Content-Disposition", ""))
    parsed["Content-Type"] = headers.get("Content-Type", "")
    name, kind = parsed.get_filename("") or "", headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not name and (not kind or kind == "application/json" or kind.startswith("text/")):
        return None
    return Media(name, kind, content)


def _utf8(header):
    """Header bytes reach us as Latin-1; WeCom writes file names in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


@sensitive_variables()
def _checked(content, request):
    """The answer as a dict when its errcode is 0; some answers have none at all, which is 0 too (WECOM 1)."""
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    code = answer.get("errcode", 0) if isinstance(answer, dict) else None
    if not isinstance(code, int):
        raise error_for("garbled")
    if code:
        text = _without_secrets(str(answer.get("errmsg", "")), request.params)
        logger.info("wecom: %s: errcode %s, %s", request.path, code, text)
        raise error_for(code, text)
    return answer


@sensitive_variables()
def _without_secrets(text, params):
    """WeCom's support asks for the whole errmsg with its hint; what we sent must not come back in it."""
    for name in ("access_token", "corpsecret", "code"):
        value = params.get(name)
        if value:
            for written in {value, quote(value), quote(value, safe=""), quote_plus(value)}:
                text = text.replace(written, "***")
    return text[:500]
