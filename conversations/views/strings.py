"""The words that the console's scripts show; scripts hold none of their own."""

from django.utils.translation import gettext as _


def console_strings():
    """Read by `strings.js` from the page; `%n` stands for a number, `%s` for a name."""
    return {
        "wait_now": _("不到 1 分"),
        "wait_minutes": _("%n 分"),
        "wait_hours": _("%n 小时"),
        "wait_days": _("%n 天"),
        "reply_placeholder": _("写回复，输入 / 选常用语"),
        "note_placeholder": _("写内部备注，员工看不到"),
        "viewing": _("%s 正在查看"),
        "writing": _("%s 正在输入"),
        "send_again": _("%s。看过之后再发送一次就会发出"),
        "too_long": _("多了 %n 字，太长的内容请作为文件附上"),
    }
