"""Why a card was not needed, or did not arrive; the words are what the table keeps."""

from django.utils.translation import gettext_lazy as _

from . import errors

SEEN, NOTE, NO_ANSWER, INACTIVE, NO_MEMBER = "seen", "note", "no_answer", "inactive", "no_member"
UNREACHABLE, DOUBTFUL, A_DAY = "unreachable_member", "doubtful", "a_day"
UNWANTED, SETTLED, AT_CONSOLE, QUIET_HOURS = "unwanted", "settled", "at_console", "quiet_hours"
ENOUGH = "enough"
IN_CHAT = "in_chat"
UNLICENSED, PACED, DAILY_CAP, HELD, COALESCED = "unlicensed", "paced", "daily_cap", "held", "coalesced"
OVER, ANSWERED, CARD_UPDATE = "over", "answered", "card_update"

SENTENCES = {
    SEEN: _("已在页面上看到"),
    NOTE: _("内部备注"),
    NO_ANSWER: _("不是给员工的回复"),
    INACTIVE: _("员工已停用"),
    NO_MEMBER: _("不是企业微信成员"),
    UNREACHABLE: _("成员不存在，或不在应用的可见范围内"),
    DOUBTFUL: _("不知道是否已送达，去重时限已过，不再重发"),
    A_DAY: _("一天之内都没能送达"),
    UNLICENSED: _("成员没有企业微信接口许可"),
    PACED: _("这位成员一分钟内收到的已经够多，稍后发送"),
    DAILY_CAP: _("今天的发送总量已用完，明天继续"),
    HELD: _("另一个进程正在发送"),
    COALESCED: _("已合并到同一张卡片"),
    OVER: _("请求已经有了变化"),
    ANSWERED: _("员工已经回答"),
    CARD_UPDATE: _("正在更新卡片"),
    IN_CHAT: _("在应用的聊天里回复了"),
    UNWANTED: _("客服不接收这类提醒"),
    SETTLED: _("已经有人处理"),
    AT_CONSOLE: _("客服正看着工作台"),
    ENOUGH: _("这位员工刚刚已让这位客服收到多次提醒"),
    QUIET_HOURS: _("客服的免打扰时段，结束后再看"),
}
OUTCOMES = {
    "": _("没有结果：进程中断"),
    "ok": _("企业微信已接收"),
    "recalled": _("已撤回"),
    "invaliduser": SENTENCES[UNREACHABLE],
    "unlicenseduser": SENTENCES[UNLICENSED],
}


def sentence(word):
    """What people read: ours, or the meaning of WeCom's code with the code behind it."""
    if word in SENTENCES or not word:
        return SENTENCES.get(word, "")
    meaning = errors.meaning(word)
    return f"{meaning} ({word})" if meaning else word


def outcome(word):
    """How one try ended, for an administrator."""
    return OUTCOMES[word] if word in OUTCOMES else sentence(word)
