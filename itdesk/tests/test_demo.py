"""The demo company: who is in it, what they have been through, and that loading it again disturbs nobody."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Role, User
from accounts.roles import revoke
from conversations.models import CannedReply, Category, Conversation, Group, Message
from conversations.states import OPEN, Status
from itdesk.demo.company import enrol
from itdesk.demo.loader import load
from itdesk.demo.pace import OFFICE
from itdesk.demo.script import situations
from itdesk.demo.stories import stories
from jobs.models import Job

pytestmark = pytest.mark.django_db
TABLES = ["accounts", "conversations", "jobs"]


def dump():
    models = [model for label in TABLES for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def holders(code):
    return {user.userid for user in User.objects.filter(grants__role__code=code, grants__revoked_at=None)}


def test_the_people_of_the_contract_are_there():
    load()
    roles = {user.userid: set(user.role_codes) for user in User.objects.all()}
    for employee in ("zhangwei", "lina", "chenjie"):
        assert roles[employee] == {Role.USER}
    for agent in ("wangqiang", "liyang"):
        assert roles[agent] == {Role.USER, Role.AGENT}
    assert roles["zhaomin"] == {Role.USER, Role.AGENT, Role.ADMIN}
    assert "sunlei" not in roles
    assert (len(roles), len(holders(Role.AGENT)), len(holders(Role.ADMIN))) == (40, 8, 2)
    # Eight agents in three groups, and every category has one.
    assert set(Group.objects.values_list("name", flat=True)) == {"网络组", "桌面组", "应用组"}
    assert {agent.userid for group in Group.objects.all() for agent in group.agents.all()} == holders(Role.AGENT)
    assert not Category.objects.filter(group=None).exists()


def test_some_are_open_now_and_the_rest_lie_in_the_last_two_months():
    now = timezone.now()
    load(now)
    assert 195 <= Conversation.objects.count() <= 215
    assert 10 <= Conversation.objects.filter(status__in=OPEN).count() <= 14
    past = Conversation.objects.filter(status=Status.RESOLVED)
    assert all(now - timedelta(days=69) < each.created_at < each.resolved_at < now for each in past)
    waits = sorted(now - each.waiting_since for each in Conversation.objects.filter(status=Status.QUEUED))
    assert waits[0] < timedelta(minutes=3)
    assert waits[-1] > timedelta(hours=2, minutes=50)
    assert not Message.objects.filter(created_at__gt=now).exists()


@pytest.mark.parametrize("moment", ["2026-03-01 03:10", "2026-11-24 12:30"])
def test_lines_are_in_order_without_a_gap_at_any_hour_of_the_week(moment):
    now = datetime.fromisoformat(moment).replace(tzinfo=OFFICE)
    load(now)
    for conversation in Conversation.objects.prefetch_related("messages"):
        lines = sorted(conversation.messages.all(), key=lambda line: line.seq)
        times = [line.created_at for line in lines]
        assert times == sorted(times), conversation
        assert times[-1] < now
        public = 0
        for number, message in enumerate(lines, start=1):
            assert (message.seq, message.prev_public_seq) == (number, public)
            public = public if message.internal else message.seq
        assert (conversation.last_seq, conversation.last_public_seq) == (len(lines), public)


def test_the_people_of_the_tour_meet_what_it_shows():
    load()
    theirs = {name: Conversation.objects.filter(employee__userid=name) for name in ("zhangwei", "lina", "chenjie")}
    assert not theirs["zhangwei"].filter(status__in=OPEN).exists()
    assert theirs["zhangwei"].count() >= 3
    assert theirs["lina"].get(status=Status.ASSIGNED).assigned_agent.userid == "wangqiang"
    assert theirs["chenjie"].get(status__in=OPEN).status == Status.QUEUED
    # The agents of the tour have answered and unanswered ones, and a long one.
    mine = Conversation.objects.filter(status=Status.ASSIGNED, assigned_agent__userid="wangqiang")
    assert mine.filter(waiting_since=None).exists()
    assert mine.exclude(waiting_since=None).exists()
    assert Conversation.objects.filter(assigned_agent__userid="liyang", last_seq__gte=60, status__in=OPEN).exists()


def test_no_two_requests_begin_alike_and_no_blank_is_left_open():
    load()
    assert Counter(Conversation.objects.values_list("subject", flat=True)).most_common(1)[0][1] == 1
    assert not Message.objects.filter(content__regex=r"\{[a-z]+\}|^\[[0-9]+[mhd]\]|｜").exists()
    assert not Message.objects.filter(content="").exists()
    assert len({each.key for each in situations()}) == len(situations()) >= 45


def test_loading_twice_changes_nothing():
    load()
    before = dump()
    load(timezone.now() + timedelta(days=3))
    assert dump() == before
    assert not Job.objects.exists()


def test_an_administrators_changes_survive_a_second_load():
    load()
    User.objects.filter(userid="lina").update(name="李娜娜", is_active=False)
    revoke(User.objects.get(userid="heyu"), Role.AGENT, channel="admin")
    Group.objects.filter(name="网络组").update(name="网络与安全组")
    Group.objects.get(name="桌面组").agents.clear()
    Category.objects.filter(code="mail").update(group=None, name="邮件")
    CannedReply.objects.filter(shortcut="hello").delete()
    before = dump()
    load()
    assert dump() == before


def test_somebody_who_signed_in_before_the_demo_keeps_their_row(zhangwei, wangqiang):
    load()
    assert User.objects.filter(userid="zhangwei").count() == 1
    assert Conversation.objects.filter(employee=zhangwei).count() >= 3


def test_every_machine_tells_the_same_stories():
    load()
    now, company = timezone.now(), enrol()
    assert stories(company, now) == stories(company, now)


def test_it_keeps_away_from_a_real_company(settings):
    settings.WECOM_SIMULATOR, settings.WECOM_CORP_ID = False, "ww1234567890"
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_the_command_says_what_is_there(capsys):
    call_command("demo")
    assert "40 people, 8 agents" in capsys.readouterr().out
    call_command("demo")
    assert "nothing to add" in capsys.readouterr().out
