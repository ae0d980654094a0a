"""Every rule of WeCom that the simulator keeps, where it is written, and which switch turns an uncertain one round.

`docs/wecom-simulator.md` says each in words; a test compares the two lists.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import Fault

SURE, CHECK = "sure", "check"


@dataclass(frozen=True)
class Switch:
    """`choices`: (value, label) pairs; the first is what we believe, or the stricter one."""

    label: str
    choices: tuple

    @property
    def values(self):
        return [value for value, _label in self.choices]


@dataclass(frozen=True)
class Rule:
    """`page`: the tag of WECOM.md's source. `switch`: None where the fact is certain."""

    name: str
    page: str
    certainty: str = SURE
    switch: Switch | None = None


NO, YES = ("no", _("否")), ("yes", _("是"))

RULES = [
    # Every call
    Rule("always_http_200", "SKM"),
    Rule("token_in_query_only", "SKC"),
    Rule("long_errmsg", "EC"),
    Rule("unicode_escapes", "EC", CHECK, Switch(_("拒绝 \\uXXXX 转义（40033）"), (NO, YES))),
    Rule("debug_five_a_minute", "EC"),
    Rule("post_sent_as_get", "EC"),
    # Tokens and tickets
    Rule("token_two_hours", "O-91039"),
    Rule(
        "same_token",
        "O-91039",
        CHECK,
        Switch(
            _("再次 gettoken"),
            (("kept", _("同一个凭证")), ("new", _("新的，旧的仍有效")), ("replaced", _("新的，旧的作废"))),
        ),
    ),
    Rule(
        "gettoken_limit",
        "O-91039",
        CHECK,
        Switch(_("gettoken 每小时上限"), (("none", _("不限")), ("20", "20"), ("3", "3"))),
    ),
    Rule("wrong_secret_blocks", "EC"),
    Rule("ticket_limits", "O-90506"),
    # Signing in
    Rule("code_once_five_minutes", "AUTH"),
    Rule("state_letters_digits", "AUTH"),
    Rule("trusted_domain", "AUTH"),
    Rule(
        "trusted_port",
        "EC",
        CHECK,
        Switch(
            _("可信域名里的端口"),
            (("matters", _("必须一致")), ("ignored", _("不看端口")), ("refused", _("带端口就拒绝（80001）"))),
        ),
    ),
    Rule("outsider_openid", "AUTH"),
    Rule("login_beyond_visible_range", "AUTH"),
    Rule(
        "wwlogin",
        "JSS",
        CHECK,
        Switch(_("扫码登录页的参数"), (("new", _("wwlogin：要 login_type")), ("either", _("新旧写法都收")))),
    ),
    Rule("errcode_missing", "GW", CHECK, Switch(_("getuserinfo 成功时不带 errcode"), (NO, YES))),
    # Directory
    Rule("visible_range", "SKC"),
    Rule("no_private_fields", "SKC"),
    Rule("department_walk", "SKC"),
    Rule("userid_case", "SEND"),
    Rule("api_licence", "SEND"),
    # Sending
    Rule("touser_text", "SEND", CHECK, Switch(_("touser 是数组时"), (("40035", "40035"), ("40058", "40058")))),
    Rule("recipients_counts", "SEND"),
    Rule("all_invalid", "SEND"),
    Rule("invaliduser_lower_case", "SEND"),
    Rule("agentid_number", "EC"),
    Rule("text_cut_at_2048_bytes", "SEND"),
    Rule(
        "textcard_limits",
        "SEND",
        CHECK,
        Switch(_("文本卡片按什么计长"), (("bytes", _("字节")), ("characters", _("字符")))),
    ),
    Rule("news_limits", "SEND"),
    Rule("markdown_limits", "SEND"),
    Rule("card_limits", "SKM"),
    Rule("card_needs_task_id", "CBQ"),
    Rule("card_needs_callback", "EC"),
    Rule("duplicate_window", "SEND"),
    Rule(
        "duplicate_msgid",
        "SEND",
        CHECK,
        Switch(_("重复请求的 msgid"), (("first", _("第一次的")), ("new", _("新的")))),
    ),
    Rule("thirty_a_minute", "SEND"),
    Rule("daily_quota", "SEND"),
    Rule("recall_24_hours", "GW"),
    Rule("response_code_once_72_hours", "SEND"),
    Rule("update_takes_arrays", "SEND"),
    # Media
    Rule("media_three_days", "GW"),
    Rule(
        "image_limit",
        "O-90253",
        CHECK,
        Switch(_("图片上限"), (("5", "5 MB"), ("10", "10 MB"), ("2", "2 MB"))),
    ),
    Rule("media_kinds", "O-90253"),
    Rule("media_owner", "GW"),
    # Callback
    Rule("url_verification", "CBQ"),
    Rule("encrypted_envelope", "CR"),
    Rule("five_seconds_three_tries", "KT"),
    Rule(
        "retry",
        "O-90238",
        CHECK,
        Switch(_("什么时候重发回调"), (("timeout", _("只在超时或连不上时")), ("any", _("任何非 200")))),
    ),
    Rule(
        "callback_twists",
        "KT",
        CHECK,
        Switch(
            _("每个回调"),
            (
                ("none", _("原样")),
                ("duplicate", _("同时来三次")),
                ("reordered", _("前后颠倒")),
                ("lost", _("丢失")),
                ("signature", _("签名被改动")),
                ("broken", _("密文被改动，签名正确")),
                ("receive_id", _("发给别的公司")),
                ("late", _("20 分钟前的时间戳")),
                ("bomb", _("XML 炸弹")),
            ),
        ),
    ),
    Rule("callback_on", "CBQ", CHECK, Switch(_("应用开启了接收消息"), (YES, NO))),
    Rule("agent_in_envelope", "CBQ", CHECK, Switch(_("信封里带 AgentID"), (YES, NO))),
    Rule("shared_msgid", "WXG", CHECK, Switch(_("不同的人可能有相同的 MsgId"), (NO, YES))),
    Rule("file_in_chat", "WXG", CHECK, Switch(_("聊天里发的文件会回调"), (NO, YES))),
    Rule("pic_url", "O-90239", CHECK, Switch(_("PicUrl 还打得开"), (NO, YES))),
    Rule("change_contact_fields", "SKC"),
    Rule("events_without_msgid", "O-90240"),
    # JS-SDK and the in-app browser
    Rule("js_signature", "O-90506"),
    Rule("bridge_only_in_wecom", "JSS"),
    Rule("choose_image_on_phones", "JSS"),
    Rule(
        "local_image_prefix",
        "JSS",
        CHECK,
        Switch(
            _("getLocalImgData 的前缀"),
            (("plain", "data:image/jpeg"), ("bare", _("没有")), ("jgp", "data:image/jgp")),
        ),
    ),
    Rule("display_media", "JSS", CHECK, Switch(_("内置浏览器有 getDisplayMedia"), (NO, YES))),
    Rule(
        "engine",
        "JSS",
        CHECK,
        Switch(
            _("手机上的浏览器"),
            (
                ("android", "Android, Chrome 116"),
                ("old", "Android, Chrome 87"),
                ("iphone", "iPhone"),
                ("windows", "Windows"),
                ("mac", "Mac"),
            ),
        ),
    ),
    Rule(
        "storage",
        "COW",
        CHECK,
        Switch(
            _("换了人以后，手机里的登录"),
            (("login", _("从入口重新登录")), ("kept", _("还是上一个人的")), ("cleared", _("全部清空"))),
        ),
    ),
]
SWITCHES = {rule.name: rule.switch for rule in RULES if rule.switch}


def value(name):
    """The choice of a switch that holds now. Raises KeyError for an unknown name."""
    switch = SWITCHES[name]
    chosen = Fault.now().rules.get(name)
    return chosen if chosen in switch.values else switch.values[0]


def turn(**choices):
    """Set switches by name. Raises ValueError for a choice that there is not."""
    fault, _created = Fault.objects.get_or_create(pk=1)
    for name, choice in choices.items():
        if choice not in SWITCHES[name].values:
            raise ValueError(f"{name} cannot be {choice}")
        fault.rules[name] = choice
    fault.save(update_fields=["rules"])
