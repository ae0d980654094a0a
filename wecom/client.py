"""Every call to WeCom's server API goes through here, and nothing secret leaves it.

The address of each call carries the secret or the token in its query, and `requests` writes the whole address into its
exceptions. So its exceptions end here, and what is raised instead has no cause, no context and no address.
"""

import json
import logging
import threading
from http.cookiejar import DefaultCookiePolicy

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from urllib3.exceptions import HTTPError, NewConnectionError

from .errors import TOKEN_STALE, WecomError, error_for
from .models import AccessToken
from .tokens import Tokens

TIMEOUTS = (3.05, 10)  # seconds: connect, read
MAX_ANSWER = 2 * 1024 * 1024

logger = logging.getLogger(__name__)
_threads = threading.local()


class Client:
    """Speaks for one app of one corp to one base address: the settings' own. Every method raises WecomError."""

    def __init__(self):
        self.base = settings.WECOM_API_BASE
        self.tokens = Tokens(
            settings.WECOM_CORP_ID, settings.WECOM_AGENT_ID, self.base, settings.WECOM_SECRET, self._fetch_token
        )

    def user_info(self, code):
        """Who came with this login code: `{"userid": …}` for a member, `{"openid": …}` for anybody else."""
        return self._call("GET", "auth/getuserinfo", {"code": code})

    def user(self, userid):
        """A visible member: `{"userid", "name", "department": [ids], "main_department", "position", "status", …}`."""
        return self._call("GET", "user/get", {"userid": userid})

    def department(self, department_id):
        """`{"id", "name", "parentid", …}`."""
        return self._call("GET", "department/get", {"id": department_id}).get("department", {})

    def send_message(self, body):
        """Send an app message. `body`: a dict, or the finished bytes of an earlier try. → `{"msgid", "invaliduser", …}`."""
        return self._call("POST", "message/send", body=body if isinstance(body, bytes) else as_bytes(body))

    @sensitive_variables()
    def _call(self, method, path, params=None, body=None):
        token = self.tokens.current()
        try:
            return self._ask(method, path, {**(params or {}), "access_token": token}, body)
        except WecomError as error:
            if error.code not in TOKEN_STALE:
                raise
        # Once and no more: a token that is refused straight after it was fetched is no matter of time.
        self.tokens.forget(token)
        token = self.tokens.current()
        return self._ask(method, path, {**(params or {}), "access_token": token}, body)

    @sensitive_variables()
    def _fetch_token(self):
        answer = self._ask("GET", "gettoken", {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_SECRET})
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(life, int) or life <= 0:
            raise error_for("garbled")
        return token, life

    @sensitive_variables()
    def _ask(self, method, path, params, body=None):
        try:
            answer = self._exchange(method, path, params, body)
        except WecomError as error:
            if error.code not in TOKEN_STALE or path == "gettoken":
                self.tokens.note(working=not error.systemic)
                logger.warning("wecom: %s answered %s", path, error)
            raise
        self.tokens.note(working=True)
        return answer

    @sensitive_variables()
    def _exchange(self, method, path, params, body):
        status, text, trouble = None, b"", None
        headers = {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}
        try:
            with _session().request(
                method, f"{self.base}/{path}", params=params, data=body, headers=headers,
                timeout=TIMEOUTS, allow_redirects=False, stream=True,
            ) as response:  # fmt: skip
                status, text = response.status_code, _limited(response)
        except (requests.RequestException, HTTPError) as error:
            trouble = "unreachable" if _never_left(error) else "interrupted"
        # Raised out here: inside the `except` it would carry the whole address along as its context.
        if trouble:
            raise error_for(trouble)
        if status != 200:
            raise WecomError(f"http {status}", retry_after=10, reaction=_("企业微信的服务器出错"))
        return _checked(text, path, params)


def as_bytes(body):
    """Real UTF-8, keys sorted: the same dict is the same bytes on every try (WECOM 3)."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def state():
    """For /readyz, from the database alone: "ok", "degraded" or "off"."""
    if not settings.WECOM_CORP_ID:
        return "off"
    row = AccessToken.objects.filter(
        corp_id=settings.WECOM_CORP_ID, agent_id=settings.WECOM_AGENT_ID, base=settings.WECOM_API_BASE
    ).first()
    return "degraded" if row and row.failing_since else "ok"


def _session():
    """A session of this thread: connections are kept, proxies and .netrc of the environment are not asked."""
    if not hasattr(_threads, "session"):
        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        _threads.session = session
    return _threads.session


def _limited(response):
    text = b""
    for piece in response.iter_content(65_536):
        text += piece
        if len(text) > MAX_ANSWER:
            raise error_for("garbled")
    return text


def _never_left(error):
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    inner = error.args[0] if error.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


@sensitive_variables("params")
def _checked(text, path, params):
    """The answer as a dict when its errcode is 0; some answers have none at all, which is 0 too (WECOM 1)."""
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    code = answer.get("errcode", 0) if isinstance(answer, dict) else None
    if not isinstance(code, int):
        raise error_for("garbled")
    if code:
        logger.info("wecom: %s: errcode %s, %s", path, code, _without_secrets(str(answer.get("errmsg", "")), params))
        raise error_for(code)
    return answer


@sensitive_variables("params", "value", "text")
def _without_secrets(text, params):
    """WeCom's support asks for the whole errmsg with its hint; what we sent must not come back in it."""
    for name in ("access_token", "corpsecret", "code"):
        value = params.get(name)
        if value:
            text = text.replace(value, "***")
    return text[:500]
