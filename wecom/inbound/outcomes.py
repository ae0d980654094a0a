"""What became of something that WeCom told us; the words are what the table keeps."""

from django.utils.translation import gettext_lazy as _

from .. import errors

DONE, UNHANDLED = "done", "unhandled"
PROMISED, LOST, EMPTY, UNSUPPORTED = "promised", "lost", "empty", "unsupported"
OUTSIDER, INVISIBLE, INACTIVE, NOT_ALLOWED = "outsider", "invisible", "inactive", "not_allowed"  # as people.Refusal
LATE, IN_CONVERSATION = "late", "in_conversation"
WECOM = "wecom_"  # and WeCom's code

SENTENCES = {
    DONE: _("已处理"),
    UNHANDLED: _("无需处理"),
    PROMISED: _("文件稍后补上"),
    LOST: _("文件没有收到"),
    EMPTY: _("没有内容"),
    UNSUPPORTED: _("收不了这种消息"),
    OUTSIDER: _("不是本公司的成员"),
    INVISIBLE: _("成员不存在，或不在应用的可见范围内"),
    INACTIVE: _("员工已停用"),
    NOT_ALLOWED: _("没有提交请求的角色"),
    LATE: _("来得太晚，没有问候"),
    IN_CONVERSATION: _("正在对话，没有问候"),
}


def sentence(word):
    """What people read; of an error of WeCom's its meaning with the code behind it."""
    if word.startswith(WECOM):
        code = word.removeprefix(WECOM)
        return f"{errors.meaning(code)} ({code})".strip()
    return SENTENCES.get(word, word)
