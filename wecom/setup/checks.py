"""The checks behind the steps: each a function `(subject) → Outcomes` that calls WeCom at most twice."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .. import exchange
from ..client import Client
from ..errors import NOT_VISIBLE, WecomError, error_for
from ..models import Milestone, OwnershipFile
from .outcome import BAD, GOOD, OPEN, TOLD, Outcome, bad, tried

CLOCK_OFF = 60  # seconds; WeCom's callbacks and signatures are refused far later, but then it is too late to look
NOBODY = "itdesk-self-test"  # a userid that no member has


def app(subject):
    """CorpID, AgentId and Secret belong together: a token is fetched now, whatever is kept."""
    missing = [name for name in ("WECOM_CORP_ID", "WECOM_SECRET") if not getattr(settings, name)]
    if missing:
        yield Outcome(BAD, _("还没有设置 %s") % "、".join(missing), _("在服务器的设置里填好后重启服务。"))
        return
    _token, trouble = tried(Client().tokens.renew)
    yield trouble or Outcome(GOOD, _("换到了访问凭证"))


def visible(subject):
    if not subject.userid:
        yield Outcome(TOLD, _("应急管理员不是企业微信成员，请用企业微信登录后再测这一步。"))
        return
    member, trouble = tried(Client().user, subject.userid)
    yield trouble or Outcome(GOOD, _("应用看得到您：%s") % (member.get("name") or subject.userid))


def server(subject):
    yield _address(subject)
    try:
        ahead, from_ip = exchange.probe(settings.WECOM_API_BASE)
    except WecomError as error:
        yield bad(error)
        return
    yield Outcome(GOOD, _("连得上企业微信"), from_ip=from_ip)
    yield _clock(ahead)


def _address(subject):
    parts = urlsplit(settings.SITE_URL)
    if settings.LOOPBACK_ONLY:
        return Outcome(TOLD, _("现在只在本机运行；上线时需要 https 的域名和 443 端口。"))
    if parts.port not in {None, 443} or _is_number(parts.hostname):
        return Outcome(BAD, _("SITE_URL 必须是域名，不能用 IP 或别的端口"), _("改好 SITE_URL 后重启服务。"))
    if subject.host and subject.host.partition(":")[0] != parts.hostname:
        words = _("您打开的是 %(host)s，卡片里的链接却指向 %(site)s") % {"host": subject.host, "site": parts.hostname}
        return Outcome(BAD, words, _("可信域名只认一个。让 SITE_URL 与大家打开的域名一致。"))
    return Outcome(GOOD, _("大家用 %s 打开服务台") % settings.SITE_URL)


def _clock(ahead):
    if ahead is None:
        return Outcome(TOLD, _("企业微信的回答里没有时间，没法核对服务器的时钟。"))
    off = round(ahead)
    if abs(off) <= CLOCK_OFF:
        return Outcome(GOOD, _("服务器的时钟是准的"))
    words = _("服务器的时钟快了 %d 秒") if off > 0 else _("服务器的时钟慢了 %d 秒")
    return Outcome(BAD, words % abs(off), _("打开服务器的时间同步（NTP）。时钟不准时，收消息和网页签名都会失败。"))


def domain(subject):
    names = ", ".join(OwnershipFile.objects.order_by("name").values_list("name", flat=True))
    if names:
        yield Outcome(GOOD, _("归属文件已就位：%s") % names)
    else:
        yield Outcome(TOLD, _("还没有上传归属文件；如果域名已经验证过，就不需要。"))
    _ticket, trouble = tried(Client().jsapi_ticket)
    yield trouble or Outcome(GOOD, _("拿到了网页签名用的票据"))
    yield _seen(
        Milestone.Name.IN_APP_LOGIN,
        _("在企业微信里登录成功，最近一次：%s"),
        _("还没有人在企业微信里登录过"),
        _("在企业微信里打开应用主页。若提示 50001 或“可信域名”，请核对域名，一字不差，不带端口。"),
    )


def trusted_ip(subject):
    """Asks for somebody who does not exist: who is not trusted is told so, and either answer names our address."""
    try:
        Client().user(NOBODY)
    except WecomError as error:
        if error.code not in NOT_VISIBLE:
            yield bad(error)
            return
        yield Outcome(GOOD, _("企业微信接受服务器的出口地址"), from_ip=error.from_ip)
    else:
        yield Outcome(GOOD, _("企业微信接受服务器的出口地址"))


def web_login(subject):
    yield _seen(
        Milestone.Name.WEB_LOGIN,
        _("在浏览器里扫码登录成功，最近一次：%s"),
        _("还没有人在浏览器里扫码登录过"),
        _("在电脑浏览器里打开服务台，用企业微信扫码。若提示回调域不对，请核对授权回调域。"),
    )


def nothing(subject):
    return ()


def message(subject):
    """Sends one message to who tests. Not part of any step that runs by itself."""
    if not subject.userid:
        return Outcome(TOLD, _("应急管理员不是企业微信成员，收不到消息。"))
    answer, trouble = tried(Client().send_message, _test_message(subject.userid))
    if trouble:
        return trouble
    if answer.get("invaliduser"):
        return bad(error_for(81013))
    if answer.get("unlicenseduser"):
        words = _("没有送达：这位成员没有基础接口许可")
        return Outcome(BAD, words, _("在管理后台为成员购买或分配“基础接口许可”。"))
    return Outcome(GOOD, _("企业微信收下了，请在企业微信里查看。"))


def _test_message(userid):
    return {
        "touser": userid,
        "agentid": settings.WECOM_AGENT_ID,
        "msgtype": "textcard",
        "textcard": {
            "title": _("测试消息"),
            "description": _("这是从设置页发给您自己的。收到它，说明服务台能把消息送到人。"),
            "url": f"{settings.SITE_URL}/itportal/?test={secrets.token_hex(4)}",
            "btntxt": _("打开"),
        },
    }


def _seen(name, good, not_yet, reaction):
    found = Milestone.objects.filter(name=name).first()
    if found is None:
        return Outcome(OPEN, not_yet, reaction)
    return Outcome(GOOD, good % when(found.seen_at))


def when(moment):
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def _is_number(host):
    try:
        ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return True
