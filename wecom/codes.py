"""WeCom's error codes: what each means and what is to be done (WECOM 1). The tables are data; `errors.py` reads them."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

# What a code is about; it decides how the code that made the call goes on.
PASSING = "passing"  # wait `wait` seconds and try again
STALE = "stale"  # the client fetches a new token and tries once more
LOGIN = "login"  # begin the sign-in again, once
SETTINGS = "settings"  # an administrator has to put something right; work waits for it
CALLBACK = "callback"  # no address for callbacks is set: send a card without buttons instead
NOBODY = "nobody"  # nobody to reach: the contact is marked
MEDIA_LOST = "media_lost"  # upload once again from our own storage
MEDIA_BAD = "media_bad"  # the file itself is refused
CARD_SPENT = "card_spent"  # the card cannot be changed any more: let it be
SIGNATURE = "signature"  # sign again: address without `#`, seconds, the right ticket
FAULTY = "faulty"  # our own mistake: the same request never succeeds


class Code(NamedTuple):
    """`meaning` and `reaction` are for administrators; `wait`: seconds until a retry makes sense, None for never."""

    kind: str
    meaning: str
    reaction: str
    wait: int | None = None


_SECRET = Code(
    SETTINGS,
    _("WECOM_SECRET 不对，或应用已停用"),
    _("在管理后台的应用页面重新查看 Secret，改好 WECOM_SECRET 后重启服务。为免地址被封，十分钟内不再尝试。"),
    600,
)
_AGENT = Code(
    SETTINGS,
    _("WECOM_AGENT_ID 不对，或与 WECOM_SECRET 不是同一个应用"),
    _("在管理后台的应用页面核对 AgentId 和 Secret，改好后重启服务。"),
    120,
)
_STALE = Code(STALE, _("访问凭证已失效"), _("已自动换取新的凭证；若反复出现，请查看是否有别的程序用着同一个应用。"), 5)
_LOGIN = Code(LOGIN, _("登录码已用过或已过期"), _("请重新登录。"))
_NOBODY = Code(
    NOBODY, _("成员不存在，或不在应用的可见范围内"), _("在管理后台的应用页面，把这位成员或所在部门加入可见范围。")
)
_MEDIA_BAD = Code(MEDIA_BAD, _("企业微信不收这个文件"), _("文件的类型或大小不合企业微信的规定，请在网页里查看。"))
_CARD_SPENT = Code(CARD_SPENT, _("卡片已经不能再更新"), _("无需处理，卡片上的链接仍然可用。"))
_SIGNATURE = Code(SIGNATURE, _("网页签名不对"), _("重新打开页面；若反复出现，请核对可信域名和服务器时间。"))
_FAULTY = Code(FAULTY, _("请求不合规定"), _("这是服务台的错误，请把错误码和日志里的 hint 告诉开发者。"))
_BROKEN = _("检查服务器的网络、代理和防火墙；恢复后自动重试。")

CODES = {
    -1: Code(PASSING, _("企业微信正忙"), _("稍后自动重试。"), 5),
    40001: _SECRET,
    40091: _SECRET,
    40013: Code(
        SETTINGS,
        _("WECOM_CORP_ID 不对"),
        _("在管理后台“我的企业”页面的最下面核对企业 ID，改好 WECOM_CORP_ID 后重启服务。"),
        600,
    ),
    40014: _STALE,
    41001: _STALE,
    42001: _STALE,
    40029: _LOGIN,
    42003: _LOGIN,
    50001: Code(
        SETTINGS,
        _("回调域名不在应用的可信域名里"),
        _("在应用的“网页授权及 JS-SDK”里，把可信域名设成 SITE_URL 的域名，一字不差，不带端口。"),
        120,
    ),
    40003: _NOBODY,
    46004: _NOBODY,
    60011: _NOBODY,
    60111: _NOBODY,
    81013: _NOBODY,
    301021: _NOBODY,
    40056: _AGENT,
    301002: _AGENT,
    40007: Code(MEDIA_LOST, _("文件已过期，或不是这个企业的"), _("已从服务台自己的存储再传一次。")),
    **dict.fromkeys((40004, 40005, 40006, 40008, 40009, 44001, 45001), _MEDIA_BAD),
    **dict.fromkeys((40093, 42012), _SIGNATURE),
    43012: Code(
        CALLBACK,
        _("应用还没有设置接收消息的地址"),
        _("在应用的“接收消息”里填好地址、Token 和 EncodingAESKey；在此之前卡片上没有按钮。"),
    ),
    45009: Code(PASSING, _("调用太频繁，企业微信暂时限制了接口"), _("过了限制的时段自动恢复，无需处理。"), 60),
    45033: Code(PASSING, _("并发调用太多"), _("稍后自动重试。"), 10),
    48002: Code(SETTINGS, _("应用没有调用这个接口的权限"), _("在管理后台的应用页面检查应用的权限。"), 120),
    48009: Code(SETTINGS, _("通讯录同步密钥在新的地址上不能用"), _("WECOM_SECRET 请用应用自己的 Secret。"), 120),
    50003: Code(SETTINGS, _("应用已在企业微信后台停用"), _("在管理后台的应用页面启用应用。"), 120),
    60020: Code(
        SETTINGS,
        _("服务器的出口地址不在企业可信 IP 里"),
        _("在应用的“企业可信 IP”里加上服务器的出口地址，约一分钟后生效。"),
        120,
    ),
    **dict.fromkeys((60140, 42014, 42016), _CARD_SPENT),
    80001: Code(SETTINGS, _("可信域名不符合要求，或没有备案"), _("换用已备案的域名；不能用 IP、端口或短链接。"), 120),
    **dict.fromkeys((40033, 40035, 40058, 43002, 44004, 45002, 47001, 82001), _FAULTY),
}
# Words of our own for what has no errcode.
WORDS = {
    "unreachable": Code(PASSING, _("连不上企业微信"), _BROKEN, 5),
    "interrupted": Code(PASSING, _("企业微信没有回答，不知道是否已经办成"), _BROKEN, 5),
    "garbled": Code(PASSING, _("企业微信的回答看不懂"), _("检查 WECOM_API_BASE，以及途中是否有代理改写了回答。"), 30),
    "busy": Code(PASSING, _("正在换取访问凭证"), _("稍后自动重试。"), 2),
    "too_big": Code(MEDIA_BAD, _("文件太大，不再读取"), _("请在网页里上传。")),
}
HTTP = Code(PASSING, _("企业微信的服务器出错"), _BROKEN, 10)
# A code that nobody has met yet must not lose a message: wait and try again.
UNKNOWN = Code(PASSING, _("没有登记的错误码"), _("请在企业微信的错误码页面查询。"), 60)


def of_kind(*kinds):
    """The errcodes of these kinds."""
    return frozenset(number for number, code in CODES.items() if code.kind in kinds)
