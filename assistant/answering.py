"""From a message to an answer in its thread: asked outside of any transaction, written only if it is still wanted."""

import logging
import time

from django.conf import settings

from conversations.commands import assistant as commands
from conversations.models import Message
from knowledge.queries import is_quoted

from .masking import masked
from .models import Turn
from .providers import provider
from .providers.answers import ProviderError, Question

log = logging.getLogger(__name__)
Outcome = Turn.Outcome


def answer(message_id, epoch):
    """Put the message to the provider and post what it says. Safe to run twice: one message is answered once."""
    message = Message.objects.select_related("conversation").filter(pk=message_id).first()
    if message is None or Turn.objects.filter(message=message).exists():
        return
    if not commands.is_wanted(message, epoch):
        _note(message, Outcome.LATE)
        return
    began, reason = time.monotonic(), ""
    try:
        found = _checked(provider().answer(_question(message)))
    except ProviderError as error:
        found, reason = None, str(error)
    except Exception:
        # Whatever a provider does, its question must reach a person.
        log.exception("assistant: %s failed", settings.ASSISTANT)
        found, reason = None, "error"
    outcome = _told(message, epoch, found)
    _note(message, outcome, reason=reason[:200], took_ms=int((time.monotonic() - began) * 1000))


def _told(message, epoch, found):
    """Say it in the thread; → what became of it."""
    if found is None:
        return Outcome.FAILED if commands.give_up(message, epoch=epoch) else Outcome.LATE
    posted = commands.post_as_assistant(message, epoch=epoch, content=found.content, facts=_facts(found))
    if not posted:
        return Outcome.LATE
    return Outcome.ANSWERED if found.sources else Outcome.NOTHING


def _question(message):
    before = (
        Message.objects.filter(
            conversation=message.conversation, seq__lt=message.seq, sender_type=Message.SenderType.EMPLOYEE
        )
        .order_by("-seq")
        .values_list("content", flat=True)[:3]
    )
    return Question(masked(message.content), tuple(masked(each) for each in reversed(before)))


def _checked(found):
    """An answer stands only on sources whose quotes are in their articles to the character; else nothing was found.
    Raises ProviderError when it says something and none of its sources holds."""
    if not found.content:
        return found
    if not found.sources or not all(is_quoted(each.article, each.version, each.quote) for each in found.sources):
        raise ProviderError("an answer without a valid source")
    return found


def _facts(found):
    return {
        "sources": [
            {"article": each.article, "version": each.version, "passage": each.passage, "title": each.title}
            for each in found.sources
        ],
        "related": [{"article": pk, "title": title} for pk, title in found.related],
    }


def _note(message, outcome, **facts):
    Turn.objects.get_or_create(message=message, defaults={"outcome": outcome, "provider": settings.ASSISTANT, **facts})
