"""What waits behind a card, in a few words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from conversations.queries import inbox
from conversations.queries.requests import own_requests
from conversations.states import OPEN


@dataclass(frozen=True)
class Waiting:
    """`words` for the card; `busy` when something is really waiting for this person."""

    words: str
    busy: bool


def waiting_behind(code, user):
    """What the card of this role says below its purpose, or None. At most one query."""
    if code == Role.USER:
        return _replies(own_requests(user))
    if code == Role.AGENT:
        return _people(inbox.counts(user)["waiting"])
    return None


def _replies(requests):
    unread = sum(each.unread for each in requests)
    under_way = sum(each.status in OPEN for each in requests)
    if unread:
        return Waiting(ngettext("%(n)d 条新消息", "%(n)d 条新消息", unread) % {"n": unread}, busy=True)
    if under_way:
        return Waiting(ngettext("%(n)d 个请求处理中", "%(n)d 个请求处理中", under_way) % {"n": under_way}, busy=False)
    return None


def _people(number):
    if not number:
        return Waiting(_("没有人在等"), busy=False)
    return Waiting(ngettext("%(n)d 人等待", "%(n)d 人等待", number) % {"n": number}, busy=True)
