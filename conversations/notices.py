"""The sentences that the system says inside a conversation, one per code, with the blanks they need."""

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

NOTICES = {
    "claimed": _("%(agent)s 已接待，正在为您处理"),
    "released": _("已回到队列，会有其他同事接待"),
    "transferred": _("已转给 %(agent)s"),
    "handed_off": _("已为您转人工"),
    "resolved": _("%(agent)s 已将请求标记为已解决"),
    "reopened": _("请求已重新打开"),
    "assistant_failed": _("智能助手暂时答不上来，已为您转人工"),
    "nothing_found": _("知识库里没有找到答案。可以再说得具体一点，或者转人工"),
    "solved": _("已解决"),
    "denied": _("还没有解决，已重新排队"),
    "urged": _("已催一下，排到了前面"),
    "urged_owner": _("已催一下，并提醒了 %(agent)s"),
}


def sentence(notice, facts):
    """The notice in the language in force."""
    return gettext(NOTICES[notice]) % facts


def chinese(notice, facts):
    """The notice as it is stored in `Message.content`, whatever the language of whoever caused it."""
    with override("zh-hans"):
        return sentence(notice, facts)
