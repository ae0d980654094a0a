"""A conversation of the past is written exactly as the live commands would have written it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.commands import imports, lifecycle, messages
from conversations.models import Conversation, Event, Message, ReadMark
from conversations.queries import inbox
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

FACTS = [
    "seq", "prev_public_seq", "version", "author_id", "sender_type", "sender_name", "content", "notice", "facts", "internal",
]  # fmt: skip
STATE = [
    "employee_id", "status", "assigned_agent_id", "subject", "last_line", "last_seq", "last_public_seq", "version", "epoch",
]  # fmt: skip


def story(employee, *turns, key="a story", minutes=5):
    """Turns are (verb, who, words or colleague), five minutes apart, the last of them five minutes ago."""
    steps = []
    for number, (verb, by, rest) in enumerate(turns):
        at = timezone.now() - timedelta(minutes=minutes * (len(turns) - number))
        words, to = (rest, None) if isinstance(rest, str) else ("", rest)
        steps.append(imports.Step(at, verb, by, words, to))
    return imports.Story(key, employee, steps)


def whole(zhangwei, wangqiang, liyang):
    return [
        ("says", zhangwei, "VPN 一直断线"), ("says", zhangwei, "急"), ("claims", wangqiang, None),
        ("answers", wangqiang, "您好，我看一下"), ("notes", wangqiang, "像是 UDP 被限速"), ("transfers", wangqiang, liyang),
        ("says", zhangwei, "好的"), ("answers", liyang, "请改成仅 TCP"), ("releases", liyang, None),
        ("claims", liyang, None), ("resolves", liyang, None), ("notes", liyang, "回头看看"),
        ("says", zhangwei, "又断了"), ("claims", wangqiang, None), ("resolves", wangqiang, None),
        ("reopens", liyang, None), ("answers", liyang, "我再看看"),
    ]  # fmt: skip


def lived(employee, turns):
    """The same turns through the commands that people use."""
    pk = None
    for verb, by, rest in turns:
        given = {"content": rest, "client_id": str(uuid.uuid4())}
        if verb == "says":
            pk = messages.post_message(author=by, conversation_id=pk, **given)[0].conversation_id
        elif verb in ("answers", "notes"):
            messages.post_reply(author=by, conversation_id=pk, internal=verb == "notes", **given)
        elif verb == "transfers":
            lifecycle.transfer(pk, by=by, to=rest)
        else:
            getattr(lifecycle, verb[:-1])(pk, by=by)
    return Conversation.objects.get(pk=pk)


def test_it_writes_what_the_live_commands_write(zhangwei, wangqiang, liyang):
    turns = whole(zhangwei, wangqiang, liyang)
    live, past = lived(zhangwei, turns), imports.import_conversation(story(zhangwei, *turns))
    assert list(past.messages.order_by("seq").values(*FACTS)) == list(live.messages.order_by("seq").values(*FACTS))
    kinds = ("version", "kind", "actor_id")
    assert list(past.events.values_list(*kinds)) == list(live.events.values_list(*kinds))
    past.refresh_from_db()
    assert {name: getattr(past, name) for name in STATE} == {name: getattr(live, name) for name in STATE}
    assert (past.waiting_since is None, past.resolved_at is None) == (live.waiting_since is None, True)


def test_it_keeps_the_times_of_the_past(zhangwei, wangqiang):
    told = story(
        zhangwei, ("says", zhangwei, "打印机连不上"), ("claims", wangqiang, None), ("says", zhangwei, "还在吗")
    )
    past = imports.import_conversation(told)
    first, last = told.steps[0].at, told.steps[-1].at
    assert (past.created_at, past.waiting_since, past.order_at, past.last_message_at) == (first, first, first, last)
    assert list(past.messages.order_by("seq").values_list("created_at", flat=True)) == [each.at for each in told.steps]
    assert inbox.inbox_page(wangqiang, "mine").conversations == [past]


def test_it_is_written_once(zhangwei, wangqiang, liyang):
    told = story(zhangwei, *whole(zhangwei, wangqiang, liyang))
    first = imports.import_conversation(told)
    rows = [model.objects.count() for model in (Conversation, Message, Event, ReadMark)]
    assert imports.import_conversation(told).pk == first.pk
    assert [model.objects.count() for model in (Conversation, Message, Event, ReadMark)] == rows


def test_it_tells_nobody(zhangwei, wangqiang, liyang):
    imports.import_conversation(story(zhangwei, *whole(zhangwei, wangqiang, liyang)))
    assert not Job.objects.exists()


def test_an_employees_read_mark_skips_the_notes(zhangwei, wangqiang, lina):
    told = story(zhangwei, ("says", zhangwei, "密码过期了"), ("notes", wangqiang, "第三次了"))
    past = imports.import_conversation(
        imports.Story(told.key, told.employee, told.steps, readers=[zhangwei, wangqiang])
    )
    marks = dict(past.read_marks.values_list("user__userid", "read_seq"))
    assert marks == {"zhangwei": 1, "wangqiang": 2}


def test_what_the_table_of_states_forbids_is_refused_and_nothing_is_left(zhangwei, wangqiang):
    with pytest.raises(ValueError, match="not possible"):
        imports.import_conversation(story(zhangwei, ("says", zhangwei, "你好"), ("reopens", wangqiang, None)))
    assert not Conversation.objects.exists()
