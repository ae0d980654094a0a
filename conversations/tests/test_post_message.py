"""An employee writes: numbered, stored once, and answered with what was stored."""

import threading
import uuid

import pytest
from django.db import connection

from accounts import roles
from conversations.commands import lifecycle, messages
from conversations.errors import Conflict, NotFound, Refused
from conversations.models import Conversation, Event, Message
from jobs.models import Job
from jobs.worker import run_due

pytestmark = pytest.mark.django_db


def say(author, content="打印机连不上了", **more):
    more.setdefault("client_id", uuid.uuid4())
    return messages.post_message(author=author, content=content, **more)[0]


def answer(author, conversation, content="我看一下", **more):
    more.setdefault("client_id", uuid.uuid4())
    return messages.post_reply(author=author, conversation_id=conversation.pk, content=content, **more)[0]


def test_it_opens_a_conversation_in_the_queue(zhangwei):
    message = say(zhangwei)
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.subject, conversation.last_line) == (
        "queued",
        "打印机连不上了",
        "打印机连不上了",
    )
    assert (message.seq, message.prev_public_seq, conversation.version) == (1, 0, 1)
    assert conversation.waiting_since is not None


def test_it_writes_on_in_the_open_conversation(zhangwei):
    first, second = say(zhangwei), say(zhangwei, "还是不行")
    assert second.conversation_id == first.conversation_id
    assert (second.seq, second.prev_public_seq) == (2, 1)


def test_it_opens_another_for_a_new_topic(zhangwei):
    assert say(zhangwei).conversation_id != say(zhangwei, "VPN 断线", new_topic=True).conversation_id


def test_it_answers_a_repeated_client_id_with_the_first_message(zhangwei):
    client_id = uuid.uuid4()
    first, created = messages.post_message(author=zhangwei, content="一", client_id=client_id)
    again, created_again = messages.post_message(author=zhangwei, content="二", client_id=client_id, new_topic=True)
    assert (created, created_again) == (True, False)
    assert (again.pk, again.content) == (first.pk, "一")
    assert (Message.objects.count(), Conversation.objects.count()) == (1, 1)


def test_two_people_may_use_one_client_id(zhangwei, lina):
    client_id = uuid.uuid4()
    assert say(zhangwei, client_id=client_id).pk != say(lina, client_id=client_id).pk


@pytest.mark.parametrize("content", ["", "   \n\t", "\u200b\u200e", "字" * 8001, "坏\ufffd字"])
def test_it_refuses_what_is_no_message_and_stores_nothing(zhangwei, content):
    with pytest.raises(Refused) as refused:
        say(zhangwei, content)
    assert refused.value.status == 422
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("client_id", ["", None, "1", "{6b1b36cb-0e2b-4c1b-8f43-0d35a1a6ad3c}", "x" * 36])
def test_it_refuses_a_malformed_client_id(zhangwei, client_id):
    with pytest.raises(Refused):
        messages.post_message(author=zhangwei, content="你好", client_id=client_id)
    assert not Message.objects.exists()


def test_it_keeps_exactly_8000_characters(zhangwei):
    assert len(say(zhangwei, "字" * 8000).content) == 8000


def test_it_stores_nul_as_its_picture(zhangwei):
    assert say(zhangwei, "a\0b").content == "a␀b"


def test_it_does_not_find_a_strangers_conversation(zhangwei, lina):
    message = say(zhangwei)
    with pytest.raises(NotFound):
        say(lina, conversation_id=message.conversation_id)
    assert Message.objects.count() == 1


def test_writing_reopens_a_resolved_conversation(zhangwei, wangqiang):
    first = say(zhangwei)
    lifecycle.claim(first.conversation_id, by=wangqiang)
    epoch = lifecycle.resolve(first.conversation_id, by=wangqiang).epoch
    again = say(zhangwei, "又出现了", conversation_id=first.conversation_id)
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.assigned_agent, conversation.resolved_at) == ("queued", None, None)
    assert conversation.epoch == epoch + 1
    lines = list(Message.objects.order_by("seq").values_list("seq", "prev_public_seq", "notice"))
    assert lines == [(1, 0, ""), (2, 1, "claimed"), (3, 2, "resolved"), (4, 3, "reopened"), (5, 4, "")]
    assert again.seq == 5


def test_without_an_open_conversation_it_begins_a_new_one(zhangwei, wangqiang):
    first = say(zhangwei)
    lifecycle.resolve(first.conversation_id, by=wangqiang)
    assert say(zhangwei, "另一件事").conversation_id != first.conversation_id


def test_an_answer_takes_the_conversation_and_asks_for_one_push(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    message = answer(wangqiang, conversation)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.assigned_agent, conversation.waiting_since) == (
        "assigned",
        wangqiang,
        None,
    )
    assert message.seq == 3  # the line that says who took it came first
    job = Job.objects.get(name="notify_employee")
    assert job.args == {"message_id": str(message.id)}


def test_a_note_changes_nothing_that_its_employee_can_see(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    before = Conversation.objects.values("version", "last_public_seq", "last_line", "last_message_at", "status").get()
    note = answer(wangqiang, conversation, "他上周也来过", internal=True)
    after = Conversation.objects.values("version", "last_public_seq", "last_line", "last_message_at", "status").get()
    assert before == after
    assert note.seq == 2
    assert not Job.objects.filter(name="notify_employee").exists()
    following = say(zhangwei, "在吗")
    assert (following.seq, following.prev_public_seq) == (3, 1)


def test_an_answer_older_than_the_employees_last_word_is_a_conflict(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    newer = say(zhangwei, "等等，是另一台")
    with pytest.raises(Conflict) as conflict:
        answer(wangqiang, conversation, based_on_seq=1)
    assert [each.pk for each in conflict.value.messages] == [newer.pk]
    assert answer(wangqiang, conversation).seq == 4


def test_an_answer_to_a_resolved_conversation_is_a_conflict(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    lifecycle.resolve(conversation.pk, by=wangqiang)
    with pytest.raises(Conflict):
        answer(wangqiang, conversation)
    assert answer(wangqiang, conversation, internal=True).internal


def test_an_employee_cannot_answer_as_an_agent(zhangwei):
    conversation = say(zhangwei).conversation
    with pytest.raises(NotFound):
        answer(zhangwei, conversation)


def test_every_change_leaves_an_event(zhangwei, wangqiang, liyang):
    conversation = say(zhangwei).conversation
    lifecycle.claim(conversation.pk, by=wangqiang)
    lifecycle.transfer(conversation.pk, by=wangqiang, to=liyang)
    lifecycle.release(conversation.pk, by=liyang)
    lifecycle.resolve(conversation.pk, by=liyang)
    lifecycle.reopen(conversation.pk, by=wangqiang)
    kinds = [
        "conversation.opened", "message.posted", "conversation.claimed", "conversation.transferred",
        "conversation.released", "conversation.resolved", "conversation.reopened",
    ]  # fmt: skip
    assert list(Event.objects.values_list("kind", flat=True)) == kinds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "lose",
    [lambda user: roles.revoke(user, "agent", channel="admin"), lambda user: roles.deactivate(user, channel="admin")],
)
def test_nobody_waits_for_an_agent_who_is_none_any_more(zhangwei, lina, wangqiang, liyang, lose):
    left, kept = say(zhangwei).conversation, say(lina).conversation
    lifecycle.claim(left.pk, by=wangqiang)
    lifecycle.claim(kept.pk, by=liyang)
    lose(wangqiang)
    run_due()
    left.refresh_from_db()
    kept.refresh_from_db()
    assert (left.status, left.assigned_agent, left.waiting_since is not None) == ("queued", None, True)
    assert (kept.status, kept.assigned_agent) == ("assigned", liyang)
    event = left.events.last()
    assert (event.kind, event.actor, event.facts["agent"]) == ("conversation.released", None, wangqiang.pk)


def test_the_released_wait_as_long_as_before(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    since = conversation.waiting_since
    lifecycle.claim(conversation.pk, by=wangqiang)
    assert lifecycle.release(conversation.pk, by=wangqiang).waiting_since == since


def test_only_an_agent_can_be_handed_a_conversation(zhangwei, lina, wangqiang):
    conversation = say(zhangwei).conversation
    with pytest.raises(Refused):
        lifecycle.transfer(conversation.pk, by=wangqiang, to=lina)


def test_an_older_version_is_a_conflict(zhangwei, wangqiang):
    conversation = say(zhangwei).conversation
    say(zhangwei, "补充一句")
    with pytest.raises(Conflict):
        lifecycle.resolve(conversation.pk, by=wangqiang, version=conversation.version)


def at_once(*calls):
    """Run the calls in threads that start together; returns their results or errors, in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        barrier.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_at_once_number_without_gap_or_double(zhangwei):
    conversation = say(zhangwei).conversation
    writers = [lambda n=n: say(zhangwei, f"第 {n} 句", conversation_id=conversation.pk) for n in range(20)]
    results = at_once(*writers)
    assert [each for each in results if isinstance(each, Exception)] == []
    rows = list(Message.objects.order_by("seq").values_list("seq", "prev_public_seq", "version"))
    assert rows == [(n, n - 1, n) for n in range(1, 22)]
    conversation.refresh_from_db()
    assert (conversation.last_seq, conversation.version) == (21, 21)


@pytest.mark.django_db(transaction=True)
def test_ten_posts_of_one_first_message_open_one_conversation(zhangwei):
    client_id = uuid.uuid4()
    results = at_once(*[lambda: say(zhangwei, client_id=client_id)] * 10)
    assert {each.pk for each in results} == {Message.objects.get().pk}
    assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_first_words_from_several_tabs_open_one_conversation(zhangwei):
    results = at_once(*[lambda n=n: say(zhangwei, f"第 {n} 句") for n in range(6)])
    assert len({each.conversation_id for each in results}) == 1


@pytest.mark.django_db(transaction=True)
def test_one_client_id_under_two_locks_is_still_one_message(zhangwei):
    first, other = say(zhangwei, "一"), say(zhangwei, "二", new_topic=True)
    client_id = uuid.uuid4()
    places = [first.conversation_id, other.conversation_id] * 5
    results = at_once(*[lambda c=c: say(zhangwei, "同一句", client_id=client_id, conversation_id=c) for c in places])
    assert {each.pk for each in results} == {Message.objects.get(client_id=client_id).pk}


@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_wins_and_the_other_is_told_by_whom(zhangwei, wangqiang, liyang):
    conversation = say(zhangwei).conversation
    agents = [wangqiang, liyang]
    results = at_once(*[lambda by=by: lifecycle.claim(conversation.pk, by=by) for by in agents * 4])
    lost = [each for each in results if isinstance(each, Conflict)]
    won = [each for each in results if isinstance(each, Conversation)]
    # Four tries each: the winner's own repetitions change nothing, the other's are all told who was faster.
    assert (len(lost), len(won)) == (4, 4), results
    winner = won[0].assigned_agent
    assert {each.assigned_agent for each in won} == {winner}
    assert all(winner.name in each.reason and each.conversation.assigned_agent == winner for each in lost)
    assert Event.objects.filter(kind="conversation.claimed").count() == 1
