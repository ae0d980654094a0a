"""The steps in the order in which an administrator goes through WeCom's console (WECOM 12)."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import checks
from .callback import callback


@dataclass(frozen=True)
class Step:
    """`todo`: what to do in WeCom's console. `values`: () → [(label, value to copy there)]. `check`: (Subject) → Outcomes."""

    slug: str
    title: str
    todo: str
    check: Callable = checks.nothing
    values: Callable = list

    @property
    def is_tested(self):
        return self.check is not checks.nothing


def _app():
    return [
        ("WECOM_CORP_ID", settings.WECOM_CORP_ID),
        ("WECOM_AGENT_ID", settings.WECOM_AGENT_ID),
        ("WECOM_SECRET", _("已设置") if settings.WECOM_SECRET else _("没有设置")),
    ]


def _host():
    return [(_("域名"), urlsplit(settings.SITE_URL).hostname)]


def _callback():
    return [(_("地址"), f"{settings.SITE_URL}/wecom/callback")]


def _home():
    return [(_("应用主页"), f"{settings.SITE_URL}/itportal/")]


STEPS = (
    Step(
        "app",
        _("创建应用"),
        _("在管理后台新建一个自建应用，记下企业 ID、AgentId 和 Secret（Secret 在手机上查看），填进服务器的设置。"),
        checks.app,
        _app,
    ),
    Step("visible", _("可见范围"), _("把所有可以求助的人都加进来，客服人员也要加。"), checks.visible),
    Step("server", _("服务器"), _("用公网的 https 域名和 443 端口提供服务。"), checks.server),
    Step(
        "domain",
        _("可信域名"),
        _("在应用的“网页授权及 JS-SDK”里填写域名。企业微信会给一个归属文件，在下面上传即可。"),
        checks.domain,
        _host,
    ),
    Step(
        "callback",
        _("接收消息"),
        _("先在服务器的设置里填好 Token 和 EncodingAESKey 并重启，再在管理后台保存：保存时企业微信会立刻来访问。"),
        callback,
        _callback,
    ),
    Step(
        "trusted-ip",
        _("企业可信 IP"),
        _("填写服务器访问外网时的出口地址，约一分钟后生效。要先完成可信域名或接收消息，才能填写。"),
        checks.trusted_ip,
    ),
    Step(
        "web-login",
        _("网页登录"),
        _("在“企业微信授权登录”里设置授权回调域，客服人员才能在电脑浏览器里扫码登录。"),
        checks.web_login,
        _host,
    ),
    Step("fields", _("敏感信息"), _("手机号、邮箱、头像等，服务台都不需要，请不要勾选。")),
    Step("home", _("应用主页"), _("填写服务台的入口地址，不需要拼接任何授权链接。"), values=_home),
)


def step(slug):
    """The Step of this name, or None."""
    return next((one for one in STEPS if one.slug == slug), None)
