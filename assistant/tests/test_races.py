"""A person and the assistant reach for the same word at the same moment, many times (PRODUCT U7).

`RACES=1000 pytest assistant/tests/test_races.py` for the number in docs/assistant.md; the suite runs fewer.
"""

import os
import random
import threading
import uuid

import pytest
from django.db import connection

from assistant import answering
from assistant.providers import knowledge as provider
from assistant.providers.answers import Answer, Source
from conversations.commands import feedback, lifecycle, messages
from conversations.models import Conversation
from knowledge.commands import save_article
from knowledge.models import Article, Topic

pytestmark = pytest.mark.django_db(transaction=True)

RACES = int(os.environ.get("RACES", "60"))
SAID = "先看网络。"


@pytest.fixture
def article(settings):
    settings.ASSISTANT = "knowledge"
    topic = Topic.objects.create(name="网络")
    return save_article(Article(title="VPN", content=SAID, topic=topic, state=Article.State.PUBLISHED))


def at_once(*acts):
    """Each in a thread of its own, from one starting line."""
    line = threading.Barrier(len(acts), timeout=30)

    def run(act):
        try:
            line.wait()
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
        assert not each.is_alive()


def test_the_assistant_never_speaks_after_a_person_took_over(article, zhangwei, wangqiang, monkeypatch):
    monkeypatch.setattr(provider, "answer", lambda asked: Answer(SAID, (Source(article.pk, 1, 1, "VPN", SAID),)))
    chance = random.Random(7)
    spoke = 0
    for number in range(RACES):
        question, _ = messages.post_message(
            author=zhangwei, content=f"第 {number} 次", client_id=str(uuid.uuid4()), new_topic=True
        )
        pk, epoch = question.conversation_id, question.conversation.epoch
        takes_over = chance.choice(
            [
                lambda pk=pk: lifecycle.claim(pk, by=wangqiang),
                lambda pk=pk: lifecycle.handoff(pk, by=zhangwei),
                lambda pk=pk, epoch=epoch: feedback.say_unsolved(pk, by=zhangwei, epoch=epoch),
            ]
        )
        at_once(lambda pk=question.pk, epoch=epoch: answering.answer(str(pk), epoch), takes_over)
        spoke += no_late_word(pk)
    # Both must happen, or nothing raced.
    assert spoke > 0, "the assistant never spoke first"


def no_late_word(pk):
    """→ whether the assistant spoke; it never does behind the line that says that a person has it."""
    conversation = Conversation.objects.get(pk=pk)
    assert conversation.status in {"queued", "assigned"}
    lines = [(each.sender_type, each.notice) for each in conversation.messages.order_by("seq")]
    over = next(place for place, (_who, notice) in enumerate(lines) if notice in {"claimed", "handed_off"})
    spoken = [place for place, (who, _notice) in enumerate(lines) if who == "ai"]
    assert all(place < over for place in spoken), lines
    assert len(spoken) <= 1
    return len(spoken)
