"""Every call to WeCom's server API goes through here: one method each, one token for all, one kind of error.

Nothing secret leaves it: `exchange.py` makes the request and lets no address out.
"""

import json
import logging
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from .errors import TOKEN_STALE, WecomError, error_for, meaning
from .exchange import MAX_MEDIA, Media, Request, ask
from .limits import Limits
from .models import AccessToken
from .tokens import Tokens

logger = logging.getLogger(__name__)


class Trouble(NamedTuple):
    """The connection fails `since`; `code` and `meaning` of the last answer, and the address it saw us come from."""

    since: datetime
    code: str
    meaning: str
    from_ip: str


class Client:
    """Speaks for one app of one corp to one base address: the settings' own. Every method raises WecomError."""

    def __init__(self):
        self.base = settings.WECOM_API_BASE
        key = {"corp_id": settings.WECOM_CORP_ID, "agent_id": settings.WECOM_AGENT_ID, "base": self.base}
        self.tokens = Tokens(key, settings.WECOM_SECRET, self._fetch_token)
        self.limits = Limits(key)

    @sensitive_variables()
    def user_info(self, code):
        """Who came with this login code: `{"userid": …}` for a member, `{"openid": …}` for anybody else."""
        return self._get("auth/getuserinfo", code=code)

    def user(self, userid):
        """A visible member: `{"userid", "name", "department": [ids], "main_department", "position", "status", …}`."""
        return self._get("user/get", userid=userid)

    def members(self, department_id):
        """The visible members who belong to this department itself, each as `user` gives it; names can be missing."""
        return _list(self._get("user/list", department_id=department_id), "userlist")

    def department(self, department_id):
        """`{"id", "name", "parentid", …}`."""
        return self._get("department/get", id=department_id).get("department", {})

    def departments(self, parent=None):
        """Visible departments below `parent`, itself and all levels included: `[{"id", "name", "parentid", …}, …]`."""
        return _list(self._get("department/list", **({} if parent is None else {"id": parent})), "department")

    def send_message(self, body):
        """Send an app message. `body`: a dict, or the finished bytes of an earlier try.

        → `{"msgid", "response_code", "invaliduser", "unlicenseduser", …}` as WeCom answers: a success may have reached
        only some, or nobody who is over the limit (WECOM 3).
        """
        return self._post("message/send", body)

    def update_card(self, body):
        """Change a card that carries a `response_code`: good once, for 72 h. → `{"invaliduser": [userids], …}`."""
        return self._post("message/update_template_card", body)

    def recall(self, msgid):
        """Take back a message of the last 24 h."""
        self._post("message/recall", {"msgid": msgid})

    def upload_media(self, kind, name, content, content_type):
        """Keep a file for three days. `kind`: image, voice, video or file; receivers see `name`. → its media_id."""
        files = {"media": (name, content, content_type)}
        media_id = self._call(Request("POST", "media/upload", {"type": kind}, files=files)).get("media_id")
        return _text(media_id)

    def media(self, media_id, most=MAX_MEDIA):
        """The file of a media_id as `Media`. Raises WecomError("too_big") above `most` bytes, and stops reading."""
        return self._call(Request("GET", "media/get", {"media_id": media_id}, most=most), Media)

    def jsapi_ticket(self):
        """→ (ticket of the corp for JS-SDK signatures, seconds of life). Few an hour: keep it."""
        return _ticket(self._get("get_jsapi_ticket"))

    def agent_ticket(self):
        """→ (ticket of this app for JS-SDK signatures, seconds of life). Few an hour: keep it."""
        return _ticket(self._get("ticket/get", type="agent_config"))

    def callback_ips(self):
        """The addresses and networks that callbacks come from, as text."""
        return _list(self._get("getcallbackip"), "ip_list")

    def _get(self, path, **params):
        return self._call(Request("GET", path, params))

    def _post(self, path, body):
        return self._call(Request("POST", path, body=body if isinstance(body, bytes) else as_bytes(body)))

    @sensitive_variables()
    def _call(self, request, wanted=dict):
        """The answer, which is a `wanted`, with one more try when the token was refused."""
        token = self.tokens.current()
        try:
            return self._ask(request.with_(access_token=token), wanted)
        except WecomError as error:
            if error.code not in TOKEN_STALE:
                raise
        # Once and no more: a token that is refused straight after it was fetched is no matter of time.
        self.tokens.forget(token)
        token = self.tokens.current()
        try:
            return self._ask(request.with_(access_token=token), wanted)
        except WecomError as error:
            if error.code in TOKEN_STALE:
                self.tokens.note(error)
            raise

    @sensitive_variables()
    def _fetch_token(self):
        params = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_SECRET}
        answer = self._ask(Request("GET", "gettoken", params), dict)
        return _text(answer.get("access_token")), _seconds(answer)

    @sensitive_variables()
    def _ask(self, request, wanted):
        self.limits.check(request.path)
        try:
            answer = ask(self.base, request)
            if not isinstance(answer, wanted):
                raise error_for("garbled")
        except WecomError as error:
            self._failed(request, error)
            raise
        self.tokens.note()
        return answer

    def _failed(self, request, error):
        if error.code == 45009:
            self.limits.hit(request.path)
        if error.code in TOKEN_STALE and request.path != "gettoken":
            return  # the first time it is the usual end of a token, and no failure
        self.tokens.note(error if error.systemic else None)
        if error.systemic:
            # What an administrator has to put right is an alarm; `/readyz` and the set-up page show it as well.
            level = logging.ERROR if error.misconfigured else logging.WARNING
            logger.log(
                level, "wecom: %s answered %s (hint %s, from %s)", request.path, error, error.hint, error.from_ip
            )


def as_bytes(body):
    """Real UTF-8, keys sorted: the same dict is the same bytes on every try (WECOM 3)."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def trouble():
    """What has been wrong with the connection since its last call, for administrators: → Trouble or None."""
    row = AccessToken.objects.filter(
        corp_id=settings.WECOM_CORP_ID, agent_id=settings.WECOM_AGENT_ID, base=settings.WECOM_API_BASE
    ).first()
    if row is None or row.failing_since is None:
        return None
    return Trouble(row.failing_since, row.failing_code, meaning(row.failing_code), row.failing_ip or "")


@sensitive_variables()
def _ticket(answer):
    return _text(answer.get("ticket")), _seconds(answer)


@sensitive_variables()
def _text(value):
    if not isinstance(value, str) or not value:
        raise error_for("garbled")
    return value


def _seconds(answer):
    life = answer.get("expires_in")
    if not isinstance(life, int) or life <= 0:
        raise error_for("garbled")
    return life


def _list(answer, name):
    found = answer.get(name)
    if not isinstance(found, list):
        raise error_for("garbled")
    return found
