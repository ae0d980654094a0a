"""What a card says now: a pure look at the conversation, the same for the card that is sent and each update of it.

So a tap that is worked on twice, or late, ends in a card that tells the truth. Lengths are WECOM 3's, in characters.
"""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations.models import Feedback
from conversations.presentation import state_sentence
from conversations.queries.feedback import asks_rating, may_urge, urge_wait
from conversations.queries.queue import position
from conversations.states import Status
from conversations.wording import one_line

SOLVED, UNSOLVED, URGE, RATE = "solved", "unsolved", "urge", "rate-"
TITLE, DESCRIPTION, SUBTITLE = 36, 44, 160
ACT, CALM = 1, 2  # styles of a button


def card_now(task, conversation):
    """The `template_card` of this task as things stand, or None when it has nothing to say any more."""
    with override(settings.LANGUAGE_CODE):
        said = Feedback.objects.filter(conversation=conversation, epoch=task.epoch).first()
        if task.kind == "solved" and conversation.status == Status.RESOLVED and conversation.epoch == task.epoch:
            return _of_resolution(task, conversation, said)
        unsolved = task.kind == "solved" and said and said.verdict == Feedback.Verdict.UNSOLVED
        if may_urge(conversation) and (unsolved or task.kind == "waiting"):
            return _waiting(task, conversation)
        return None


def is_over():
    """What greys the buttons of a card that has nothing to say any more."""
    with override(settings.LANGUAGE_CODE):
        return {"button": {"replace_name": _("已处理")}}


def page_of(conversation, mark=""):
    """The link of a card; `mark` makes it one of its own."""
    address = f"{settings.SITE_URL}{reverse('desk:conversation', args=[conversation.pk])}"
    return f"{address}?m={conversation.last_public_seq}{mark}"


def _of_resolution(task, conversation, said):
    if said is None or not said.verdict:
        agent = conversation.assigned_agent
        told = _("%(agent)s 已将请求标记为已解决") % {"agent": agent.display_name} if agent else _("已标记为已解决")
        buttons = [(_("已解决"), ACT, SOLVED), (_("没解决"), CALM, UNSOLVED)]
        return _with_buttons(task, conversation, _("解决了吗？"), told, buttons)
    if said.score:
        told = _("评价：%(score)s") % {"score": said.get_score_display()}
        return _plain(conversation, _("谢谢，评价已记下"), told)
    if asks_rating(conversation):
        # None of them stands out: a card that suggests an answer measures itself.
        scores = [(str(score.label), CALM, f"{RATE}{score.value}") for score in Feedback.Score]
        return _with_buttons(task, conversation, _("这次处理怎么样？"), _("已确认解决"), scores)
    return _plain(conversation, _("谢谢，已确认解决"), "")


def _waiting(task, conversation):
    now = timezone.now()
    wait = urge_wait(conversation, now)
    again = _("%(time)s 后可再催") % {"time": date_format(timezone.localtime(now + wait), "H:i")} if wait else ""
    told = _("已催一下，%(again)s") % {"again": again} if wait else _("着急可以催一下，会排到前面")
    title = state_sentence(conversation, position(conversation))
    return _with_buttons(task, conversation, title, told, [(_("催一下"), CALM if wait else ACT, URGE)])


def _with_buttons(task, conversation, title, told, buttons):
    shown = [{"text": text, "style": style, "key": key} for text, style, key in buttons]
    return {
        **_plain(conversation, title, told),
        "card_type": "button_interaction",
        "task_id": str(task),
        "button_list": shown,
    }


def _plain(conversation, title, told):
    return {
        "card_type": "text_notice",
        "source": {"desc": _("IT 服务台"), "desc_color": 0},
        "main_title": {"title": one_line(title, TITLE), "desc": one_line(told, DESCRIPTION)},
        "sub_title_text": one_line(conversation.subject, SUBTITLE),
        "card_action": {"type": 1, "url": page_of(conversation)},
    }
