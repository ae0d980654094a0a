"""Why a card was not needed, or did not arrive; the words are what the table keeps."""

from django.utils.translation import gettext_lazy as _

from . import errors

SEEN, NOTE, NO_ANSWER, INACTIVE, NO_MEMBER = "seen", "note", "no_answer", "inactive", "no_member"
UNREACHABLE, DOUBTFUL, A_DAY = "unreachable_member", "doubtful", "a_day"

SENTENCES = {
    SEEN: _("已在页面上看到"),
    NOTE: _("内部备注"),
    NO_ANSWER: _("不是给员工的回复"),
    INACTIVE: _("员工已停用"),
    NO_MEMBER: _("不是企业微信成员"),
    UNREACHABLE: _("成员不存在，或不在应用的可见范围内"),
    DOUBTFUL: _("不知道是否已送达，去重时限已过，不再重发"),
    A_DAY: _("一天之内都没能送达"),
}


def sentence(word):
    """What people read: ours, or the meaning of WeCom's code with the code behind it."""
    if word in SENTENCES or not word:
        return SENTENCES.get(word, "")
    meaning = errors.meaning(word)
    return f"{meaning} ({word})" if meaning else word
