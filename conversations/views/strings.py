"""The words that the console's scripts show; scripts hold none of their own."""

from django.utils.translation import gettext as _


def console_strings():
    """Read by the page from `<script id="strings">`. `%n` stands for a number, `%s` for a name."""
    return {
        "wait": {"now": _("刚刚"), "minutes": _("%n 分"), "hours": _("%n 小时"), "days": _("%n 天")},
        "replyPlaceholder": _("写回复，Ctrl+Enter 发送，/ 常用语"),
        "notePlaceholder": _("写内部备注，员工看不到"),
        "sendReply": _("发送"),
        "sendNote": _("存为备注"),
    }
