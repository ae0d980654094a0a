"""The agents' lists: counts equal rows whatever happened, and paging neither skips nor repeats."""

import random
import uuid

import pytest
from django.utils import timezone

from conversations.commands import lifecycle, messages
from conversations.errors import Refused
from conversations.models import Conversation
from conversations.queries import history, inbox, queue

pytestmark = pytest.mark.django_db


def say(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def answer(author, conversation, **more):
    return messages.post_reply(
        author=author, conversation_id=conversation.pk, content="请重启", client_id=uuid.uuid4(), **more
    )[0]


def ids(agent, view, **more):
    return [each.pk for each in inbox.inbox_page(agent, view, **more).conversations]


def all_ids(agent, view, limit):
    found, cursor = [], ""
    while True:
        page = inbox.inbox_page(agent, view, cursor=cursor, limit=limit)
        found += [each.pk for each in page.conversations]
        cursor = page.next_cursor
        if not cursor:
            return found


@pytest.mark.parametrize("seed", range(5))
def test_counts_equal_rows_after_any_history(zhangwei, lina, wangqiang, liyang, seed):
    chance = random.Random(seed)
    agents = [wangqiang, liyang]
    for _ in range(40):
        conversations = list(Conversation.objects.all())
        agent = chance.choice(agents)
        if not conversations or chance.random() < 0.3:
            say(chance.choice([zhangwei, lina]), new_topic=chance.random() < 0.7)
            continue
        conversation = chance.choice(conversations)
        step = chance.choice(["claim", "release", "resolve", "reopen", "transfer", "answer", "note", "write"])
        try:
            if step == "transfer":
                lifecycle.transfer(conversation.pk, by=agent, to=chance.choice(agents))
            elif step in {"answer", "note"}:
                answer(agent, conversation, internal=step == "note")
            elif step == "write":
                say(conversation.employee, conversation_id=conversation.pk)
            else:
                getattr(lifecycle, step)(conversation.pk, by=agent)
        except Refused:
            continue
        for reader in agents:
            rows = {view: len(all_ids(reader, view, limit=3)) for view in inbox.VIEWS}
            assert inbox.counts(reader) == rows
    # Nobody in the queue without a wait, nobody assigned without an owner, and the reverse (PRODUCT U8).
    for conversation in Conversation.objects.all():
        assert (conversation.status == "queued") <= (conversation.waiting_since is not None)
        assert (conversation.status == "assigned") <= (conversation.assigned_agent_id is not None)
        assert (conversation.status in {"queued", "bot"}) <= (conversation.assigned_agent_id is None)
        assert (conversation.status == "resolved") == (conversation.resolved_at is not None)
        assert conversation.messages.count() == conversation.last_seq


def test_whoever_waits_longest_comes_first_and_whom_nobody_keeps_waiting_last(zhangwei, lina, wangqiang):
    first, second, third = (say(zhangwei, new_topic=True) for _ in range(3))
    answer(wangqiang, first)
    say(lina)
    assert ids(wangqiang, "all")[:2] == [second.pk, third.pk]
    assert ids(wangqiang, "all")[-1] == first.pk
    say(zhangwei, "还是不行", conversation_id=first.pk)
    assert ids(wangqiang, "all")[-1] == first.pk  # they began to wait again only now


def test_paging_neither_skips_nor_repeats_while_new_ones_arrive(zhangwei, wangqiang):
    before = {say(zhangwei, new_topic=True).pk for _ in range(12)}
    seen, cursor = [], ""
    while True:
        page = inbox.inbox_page(wangqiang, "waiting", cursor=cursor, limit=5)
        seen += [each.pk for each in page.conversations]
        say(zhangwei, new_topic=True)
        cursor = page.next_cursor
        if not cursor or len(seen) > 40:
            break
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_the_resolved_stand_newest_first(zhangwei, wangqiang):
    conversations = [say(zhangwei, new_topic=True) for _ in range(5)]
    for conversation in conversations:
        lifecycle.resolve(conversation.pk, by=wangqiang)
    assert all_ids(wangqiang, "resolved", limit=2) == [each.pk for each in reversed(conversations)]


def test_equal_times_do_not_confuse_the_cursor(zhangwei, wangqiang):
    for _ in range(7):
        say(zhangwei, new_topic=True)
    Conversation.objects.update(order_at=timezone.now())
    assert len(set(all_ids(wangqiang, "waiting", limit=2))) == 7


@pytest.mark.parametrize("cursor", ["x", "W10=", "////", "eyJhIjoxfQ==", "5Lit5paH"])
def test_a_made_up_cursor_is_refused(wangqiang, cursor):
    with pytest.raises(Refused):
        inbox.inbox_page(wangqiang, "all", cursor=cursor)


def test_search_finds_people_and_words(zhangwei, lina, wangqiang):
    printer, vpn = say(zhangwei, "打印机卡纸"), say(lina, "VPN 断线")
    assert ids(wangqiang, "all", q="卡纸") == [printer.pk]
    assert ids(wangqiang, "all", q="李娜") == [vpn.pk]
    assert ids(wangqiang, "all", q="%") == []


def test_a_page_costs_the_same_number_of_queries_however_long_it_is(
    zhangwei, lina, wangqiang, django_assert_num_queries
):
    def cost():
        wangqiang.__dict__.pop("role_codes", None)
        with django_assert_num_queries(5):  # roles, marks, and one for each open status
            page = inbox.inbox_page(wangqiang, "all")
            return [(each.employee.name, each.assigned_agent, each.group, each.category) for each in page.conversations]

    say(zhangwei)
    assert len(cost()) == 1
    for _ in range(20):
        say(lina, new_topic=True)
    assert len(cost()) == 21


def test_the_queue_counts_whoever_waits_longer(zhangwei, lina, wangqiang):
    first, second, third = say(zhangwei), say(lina), say(zhangwei, new_topic=True)
    assert [queue.position(each) for each in (first, second, third)] == [1, 2, 3]
    lifecycle.claim(first.pk, by=wangqiang)
    assert [queue.position(each) for each in (second, third)] == [1, 2]
    first.refresh_from_db()
    assert queue.position(first) is None


def pages(conversation, user, audience, **asked):
    return history.page(conversation.pk, user=user, audience=audience, **asked)


def test_history_pages_back_and_forth_and_hides_the_notes(zhangwei, wangqiang):
    conversation = say(zhangwei, "1")
    for number in range(2, 8):
        say(zhangwei, str(number))
    answer(wangqiang, conversation, internal=True)
    latest = pages(conversation, zhangwei, "employee", limit=3)
    assert ([each.seq for each in latest.messages], latest.has_more) == ([5, 6, 7], True)
    older = pages(conversation, zhangwei, "employee", before=5, limit=10)
    assert ([each.seq for each in older.messages], older.has_more) == ([1, 2, 3, 4], False)
    newer = pages(conversation, zhangwei, "employee", after=5, limit=10)
    assert [each.seq for each in newer.messages] == [6, 7]
    assert [each.seq for each in pages(conversation, wangqiang, "agents", after=5).messages] == [6, 7, 8]


def test_history_brings_older_lines_that_changed(zhangwei):
    conversation = say(zhangwei, "1")
    say(zhangwei, "2")
    conversation.messages.filter(seq=1).update(version=9)
    again = pages(conversation, zhangwei, "employee", after=2, since=2)
    assert [each.seq for each in again.messages] == [1]
