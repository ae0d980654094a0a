"""What WeCom's error codes mean for us; the table is WECOM.md 1 in code."""

from django.utils.translation import gettext_lazy as _

CODE_SPENT = frozenset({40029, 42003})  # the login code was used, is unknown or too old
TOKEN_STALE = frozenset({40001, 40014, 41001, 42001})  # from a business call: fetch a new token, try once more
SECRET_WRONG = frozenset({40001, 40013, 40091})  # from gettoken: asking again gets our address blocked for an hour
NOT_VISIBLE = frozenset({60011, 60111, 46004, 40003, 301021})
UNREACHABLE = NOT_VISIBLE | {81013}

# Settings that only an administrator can put right; work waits for it.
MISCONFIGURED = {
    40001: _("WECOM_SECRET 不对，或应用已停用"),
    40013: _("WECOM_CORP_ID 不对"),
    40091: _("WECOM_SECRET 不对，或应用已停用"),
    40056: _("WECOM_AGENT_ID 不对"),
    48002: _("应用没有调用这个接口的权限"),
    48009: _("通讯录同步密钥在新的地址上不能用"),
    50001: _("回调域名不在应用的可信域名里"),
    50003: _("应用已在企业微信后台停用"),
    60020: _("服务器的出口地址不在企业可信 IP 里"),
    80001: _("可信域名不符合要求，或没有备案"),
    301002: _("密钥属于另一个应用"),
}
# Trouble that passes by itself: code → seconds to wait, what it is.
PASSING = {
    -1: (5, _("企业微信正忙")),
    45009: (60, _("调用太频繁，企业微信暂时限制了接口")),
    45033: (10, _("并发调用太多")),
    "unreachable": (5, _("连不上企业微信")),
    "interrupted": (5, _("企业微信没有回答，不知道是否已经办成")),
    "garbled": (30, _("企业微信的回答看不懂")),
    "busy": (2, _("正在换取访问凭证")),
}
# Our own mistake: the same request never succeeds.
FAULTY = frozenset({40007, 40008, 40033, 40035, 40058, 43012, 44004, 45002, 47001, 82001})

MISCONFIGURED_WAIT = 600
UNKNOWN_WAIT = 60


class WecomError(Exception):
    """A call that did not succeed.

    `code`: WeCom's errcode, or "unreachable" (never left us), "interrupted" (left, no answer: it may have happened),
    "garbled", "too_big", "http 503" or "busy". `permanent`: the same request can never succeed. `retry_after`: seconds until a
    retry makes sense, else None. `reaction`: what it means, for an administrator. Never holds an address or a secret.
    """

    def __init__(self, code, *, permanent=False, retry_after=None, reaction=""):
        super().__init__(f"WeCom {code}: {reaction}" if reaction else f"WeCom {code}")
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.reaction = reaction

    @property
    def uncertain(self):
        """Whether the other side may have done it all the same."""
        return self.code in {"interrupted", "garbled", "http 500", "http 504"}

    @property
    def systemic(self):
        """Whether it tells of the connection rather than of this one request."""
        return not self.permanent and self.code not in CODE_SPENT


def meaning(code):
    """What an errcode (number or text) or one of our own words means, or the empty text."""
    number = int(code) if str(code).lstrip("-").isdecimal() else code
    return error_for(number).reaction if number in PASSING or isinstance(number, int) else ""


def error_for(code):
    """The WecomError of an errcode or of one of our own words."""
    if code in PASSING:
        wait, reaction = PASSING[code]
        return WecomError(code, retry_after=wait, reaction=reaction)
    if code in MISCONFIGURED:
        return WecomError(code, retry_after=MISCONFIGURED_WAIT, reaction=MISCONFIGURED[code])
    if code in UNREACHABLE:
        return WecomError(code, permanent=True, reaction=_("成员不存在，或不在应用的可见范围内"))
    if code == "too_big":
        return WecomError(code, permanent=True, reaction=_("文件太大，不再读取"))
    if code in CODE_SPENT:
        return WecomError(code, permanent=True, reaction=_("登录码已用过或已过期"))
    if code in FAULTY:
        return WecomError(code, permanent=True, reaction=_("请求不合规定"))
    # A code that nobody has met yet must not lose a message: wait and try again.
    return WecomError(code, retry_after=UNKNOWN_WAIT, reaction=_("没有登记的错误码"))
