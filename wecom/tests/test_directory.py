"""Our people follow WeCom's directory: who left loses access, whoever tells us and whoever does not (WECOM 8, A8)."""

import uuid
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client as DjangoClient
from django.utils import timezone

from accounts import roles, signals
from accounts.models import AuditEntry, User
from conversations.commands import lifecycle, messages
from conversations.models import Conversation
from jobs import queue
from jobs.models import Job
from jobs.worker import run_due
from wecom.directory_jobs import plan_directory
from wecom.models import DirectoryRun, Inbound, SimulatedCall, SimulatedError
from wecom.simulator import directory as company

from .callbacks import Phone
from .conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def run_soon():
    """All jobs of the next hour, as workers would run them."""
    return run_due(timezone.now() + timedelta(hours=1))


def sync():
    queue.enqueue("sync_directory")
    run_due()


def look():
    """The half-hour's look."""
    queue.enqueue("check_directory", until=(timezone.now() + timedelta(minutes=5)).isoformat())
    run_due()


def told(event, **fields):
    """WeCom's event, sealed and posted as WeCom does it; and what our jobs do about it."""
    answer = Phone(settings).does(fields.pop("userid", "sys"), event, **fields)
    assert (answer.status_code, answer.content) == (200, b"")
    run_due()
    assert not Inbound.objects.filter(settled_at=None).exists()


def asked(api):
    return SimulatedCall.objects.filter(api=api).count()


def signed_in(user, ago=timedelta(hours=1)):
    """A browser that signed in a while ago."""
    browser = DjangoClient(headers={"accept": "application/json"})
    browser.force_login(user, backend="accounts.backends.WecomBackend")
    User.objects.filter(pk=user.pk).update(last_login=timezone.now() - ago)
    return browser


def is_in(browser):
    return browser.get("/api/portal/roles").status_code == 200


def active(user):
    return User.objects.get(pk=user.pk).is_active


@pytest.fixture
def cast(wecom, zhangwei, lina, wangqiang, zhaomin):
    """People of the demo company who have signed in here."""
    return {each.userid: each for each in (zhangwei, lina, wangqiang, zhaomin)}


# Names, departments, positions ---------------------------------------------------------------------------------------


def test_a_night_brings_names_departments_and_positions(cast, lina):
    User.objects.update(name="", department="", position="")
    sync()
    lina.refresh_from_db()
    assert (lina.name, lina.department, lina.position) == ("李娜", "市场部", "市场专员")
    run = DirectoryRun.objects.get()
    assert (run.occasion, run.outcome, run.looked_at, run.changed, run.people) == ("night", "done", 4, 4, [])


def test_a_withheld_name_takes_none_away_and_nobody_is_made_who_never_came(cast, monkeypatch):
    people = User.objects.count()
    bare = lambda number: [{"userid": one["userid"], "department": [number]} for one in company.members_of(number)]  # noqa: E731
    monkeypatch.setattr("wecom.client.Client.members", lambda self, number: bare(number))
    sync()
    assert User.objects.get(userid="lina").name == "李娜"
    assert User.objects.count() == people


def test_a_userid_is_the_same_in_capitals(cast, monkeypatch):
    loud = lambda number: [{"userid": one["userid"].upper(), "name": "新名"} for one in company.members_of(number)]  # noqa: E731
    monkeypatch.setattr("wecom.client.Client.members", lambda self, number: loud(number))
    sync()
    assert User.objects.get(userid="lina").name == "新名"
    assert asked("user/get") == 0


def test_it_walks_once_a_night_and_looks_each_half_hour(cast, monkeypatch):
    night = timezone.localtime().replace(hour=2, minute=40)
    monkeypatch.setattr("django.utils.timezone.now", lambda: night)
    plan_directory()
    assert not Job.objects.filter(name="sync_directory").exists()
    for minutes in (40, 70, 600):
        monkeypatch.setattr("django.utils.timezone.now", lambda m=minutes: night + timedelta(minutes=m))
        plan_directory()
    assert Job.objects.filter(name="sync_directory").count() == 1
    assert Job.objects.filter(name="check_directory").count() == 4


def test_nothing_is_planned_without_wecom(db, settings):
    settings.WECOM_CORP_ID = ""
    plan_directory()
    assert not Job.objects.exists()


# Who left ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["left", "disabled", "hidden"])
@pytest.mark.parametrize("way", [sync, look], ids=["night", "half hour"])
def test_who_left_loses_access_and_keeps_roles_and_requests(cast, zhangwei, state, way):
    browser = signed_in(zhangwei)
    messages.post_message(author=zhangwei, client_id=str(uuid.uuid4()), content="打印机不动")
    company.change("zhangwei", state=state)
    way()
    assert not is_in(browser)
    assert zhangwei.grants.filter(revoked_at=None).count() == 1
    assert Conversation.objects.filter(employee=zhangwei).count() == 1
    assert DirectoryRun.objects.get().people == ["zhangwei"]
    entry = AuditEntry.objects.filter(subject=zhangwei).first()
    assert (entry.action, entry.channel) == ("user.deactivated", "directory")


@pytest.mark.parametrize("change", ["delete_user", "update_user"])
def test_wecom_says_at_once_that_somebody_left(cast, zhangwei, change):
    browser = signed_in(zhangwei)
    company.change("zhangwei", state="left" if change == "delete_user" else "disabled")
    told("change_contact", ChangeType=change, UserID="ZhangWei")
    assert not is_in(browser)


def test_wecom_says_at_once_that_somebody_fell_out_of_the_range(cast, zhangwei):
    browser = signed_in(zhangwei)
    company.change("zhangwei", state="hidden")
    told("unsubscribe", userid="zhangwei")
    assert not is_in(browser)


def test_an_event_that_comes_late_shuts_nobody_out(cast, zhangwei):
    browser = signed_in(zhangwei)
    for _ in range(2):
        told("change_contact", ChangeType="delete_user", UserID="zhangwei")
    assert is_in(browser)


def test_an_event_brings_a_new_name(cast, lina):
    company.change("lina", name="李娜娜")
    told("change_contact", ChangeType="update_user", UserID="lina")
    assert User.objects.get(pk=lina.pk).name == "李娜娜"


@pytest.mark.parametrize("fields", [{}, {"ChangeType": "create_party", "Id": "3"}, {"ChangeType": "delete_user"}])
def test_other_news_is_nothing(cast, fields):
    told("change_contact", **fields)
    told("change_contact", ChangeType="update_user", UserID="nobody-here")
    assert asked("user/get") == 0


def test_open_sockets_hear_of_it(cast, zhangwei):
    heard = []
    listen = lambda sender, user_id, **_: heard.append(user_id)  # noqa: E731
    signals.rights_changed.connect(listen)
    company.change("zhangwei", state="left")
    sync()
    signals.rights_changed.disconnect(listen)
    assert heard == [zhangwei.pk]


@pytest.mark.asyncio
async def test_the_socket_of_who_left_closes(cast, zhangwei, opened):
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await database_sync_to_async(company.change)("zhangwei", state="left")
    await database_sync_to_async(sync)()
    assert await page.closed() in (4401, 4403)


def test_the_requests_of_an_agent_who_left_go_back_to_the_queue(cast, zhangwei, wangqiang):
    asked_for, _ = messages.post_message(author=zhangwei, client_id=str(uuid.uuid4()), content="打印机不动")
    lifecycle.claim(asked_for.conversation_id, by=wangqiang)
    company.change("wangqiang", state="left")
    sync()
    run_due()
    present = Conversation.objects.get(pk=asked_for.conversation_id)
    assert (present.status, present.assigned_agent) == ("queued", None)


def test_only_those_are_looked_up_who_may_hold_a_session(cast, zhangwei, lina, settings):
    signed_in(zhangwei)
    signed_in(lina, ago=timedelta(minutes=2))
    look()
    assert asked("user/get") == 1


def test_a_break_glass_administrator_is_none_of_wecoms(cast):
    outside = User.objects.create(userid="root", username="root", last_login=timezone.now() - timedelta(hours=1))
    sync()
    look()
    assert active(outside)


def test_a_look_that_comes_too_late_is_left_to_the_next_one(cast, zhangwei):
    signed_in(zhangwei)
    queue.enqueue("check_directory", until=(timezone.now() - timedelta(seconds=1)).isoformat())
    run_due()
    assert asked("user/get") == 0


# Half an answer is none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", ["department/list", "user/list", "user/get"])
@pytest.mark.parametrize("code", [-1, 45009, 60020, 48002])
def test_a_night_that_breaks_off_shuts_nobody_out(cast, zhangwei, lina, api, code):
    company.change("zhangwei", state="left")
    company.change("lina", state="left")
    SimulatedError.objects.create(api=api, errcode=code, left=50)
    sync()
    assert (active(zhangwei), active(lina)) == (True, True)
    assert not DirectoryRun.objects.exists()
    assert Job.objects.get(name="sync_directory").state == Job.State.READY


def test_a_second_lookup_that_breaks_off_shuts_out_not_even_the_first(cast, zhangwei, lina, monkeypatch):
    from wecom.client import Client
    from wecom.errors import error_for

    company.change("zhangwei", state="left")
    company.change("lina", state="left")
    real, seen = Client.user, []

    def flaky(self, userid):
        seen.append(userid)
        if len(seen) == 2:
            raise error_for("unreachable")
        return real(self, userid)

    monkeypatch.setattr(Client, "user", flaky)
    sync()
    assert (active(zhangwei), active(lina)) == (True, True)
    monkeypatch.setattr(Client, "user", real)
    run_soon()
    assert (active(zhangwei), active(lina)) == (False, False)


def test_a_department_that_vanishes_meanwhile_shuts_nobody_out(cast, zhangwei):
    SimulatedError.objects.create(api="user/list", errcode=60003, left=99)
    sync()
    assert all(active(user) for user in cast.values())
    assert asked("user/get") == len(cast)


def test_an_empty_answer_shuts_nobody_out(cast, monkeypatch):
    monkeypatch.setattr("wecom.client.Client.departments", lambda self: [])
    sync()
    assert all(active(user) for user in cast.values())


# The brake -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(cast):
    """Eight more people, who all vanish at once."""
    userids = ["heyu", "tangjing", "maxiaofeng", "fanglei", "guoyan", "qinfeng", "liuyan", "hanmeiling"]
    made = [User.objects.create(corp_id="ww-demo", userid=userid) for userid in userids]
    for user in made:
        signed_in(user)
        company.change(user.userid, state="hidden")
    return made


@pytest.mark.parametrize("way", [sync, look], ids=["night", "half hour"])
def test_more_than_plausible_shuts_nobody_out_and_raises_one_alarm(crowd, way):
    way()
    way()
    assert all(active(user) for user in crowd)
    run = DirectoryRun.objects.get()
    assert (run.outcome, len(run.people)) == ("held", 8)


def test_one_event_after_another_is_held_as_well(crowd):
    for user in crowd:
        told("unsubscribe", userid=user.userid)
    assert sum(active(user) for user in crowd) == 3
    assert len(DirectoryRun.objects.get(outcome="held").people) == 3


def test_an_administrator_lets_them_go(crowd, zhaomin):
    sync()
    company.change("heyu", state="active")  # one of them is back meanwhile
    browser = DjangoClient()
    browser.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    assert "一下子少了 8 人" in browser.get("/admin/").content.decode()
    page = browser.get("/admin/wecom/directoryrun/")
    assert "没有停用任何人" in page.content.decode()
    chosen = {"action": "confirm_left", "_selected_action": [DirectoryRun.objects.get().pk]}
    for _ in range(2):
        browser.post("/admin/wecom/directoryrun/", chosen)
    run_due()
    assert "一下子少了" not in browser.get("/admin/").content.decode()
    assert [user.userid for user in crowd if active(user)] == ["heyu"]
    run = DirectoryRun.objects.get()
    assert (run.outcome, run.decided_by) == ("released", zhaomin)
    company.change("lina", state="left")  # what was confirmed does not hold the next one
    sync()
    assert not active(User.objects.get(userid="lina"))


def test_the_alarm_goes_when_wecom_shows_them_again(crowd):
    sync()
    for user in crowd:
        company.change(user.userid, state="active")
    sync()
    assert [run.outcome for run in DirectoryRun.objects.order_by("id")] == ["passed", "done"]


def test_a_larger_share_may_be_allowed(crowd, settings):
    settings.WECOM_LEAVERS_PERCENT = 80
    sync()
    assert not any(active(user) for user in crowd)


# Back again, and called otherwise ------------------------------------------------------------------------------------


def test_who_comes_back_is_admitted_with_the_roles_of_before(cast, wangqiang):
    company.change("wangqiang", state="disabled")
    sync()
    assert Browser().sign_in("wangqiang").status_code == 403
    company.change("wangqiang", state="active")
    browser = Browser()
    browser.sign_in("wangqiang")
    assert browser.signed_in_as == "wangqiang"
    assert {each["code"] for each in browser.get("/api/portal/roles").json()["roles"]} == {"user", "agent"}


def test_a_userid_that_somebody_else_has_now_opens_nobodys_past(cast, wangqiang, zhaomin):
    """WeCom gives a leaver's userid again, and `wangqiang` is many people's: neither their roles nor their requests."""
    company.change("wangqiang", state="left")
    sync()
    company.change("wangqiang", state="active", name="汪蔷")
    browser = Browser()
    assert browser.sign_in("wangqiang").status_code == 403
    assert browser.signed_in_as is None
    assert not active(wangqiang)
    assert User.objects.get(pk=wangqiang.pk).name == "王强"
    roles.activate(wangqiang, channel="admin", by=zhaomin)
    Browser().sign_in("wangqiang")
    assert User.objects.get(pk=wangqiang.pk).name == "汪蔷"


def test_whom_an_administrator_shut_out_stays_outside(cast, zhangwei, zhaomin):
    company.change("zhangwei", state="left")
    sync()
    roles.activate(zhangwei, channel="admin", by=zhaomin)
    roles.deactivate(zhangwei, channel="admin", by=zhaomin)
    company.change("zhangwei", state="active")
    browser = Browser()
    assert browser.sign_in("zhangwei").status_code == 403
    assert browser.signed_in_as is None


@pytest.mark.parametrize("field", ["NewUserID", "NewUserId"])
def test_a_new_userid_is_the_same_person(cast, zhangwei, field, monkeypatch):
    browser = signed_in(zhangwei)
    renamed = {**company.member("zhangwei"), "userid": "Zhang.Wei"}
    real = company.member
    monkeypatch.setattr(company, "member", lambda userid: renamed if userid.lower() == "zhang.wei" else real(userid))
    for _ in range(2):
        told("change_contact", ChangeType="update_user", UserID="zhangwei", **{field: "Zhang.Wei"})
    user = User.objects.get(pk=zhangwei.pk)
    assert (user.userid, user.userid_key, user.username) == ("Zhang.Wei", "zhang.wei", "zhang.wei@ww-demo")
    assert is_in(browser)
    assert AuditEntry.objects.filter(action="user.renamed").count() == 1


def test_a_new_userid_that_somebody_has_already_moves_nobody(cast, zhangwei, lina):
    told("change_contact", ChangeType="update_user", UserID="zhangwei", NewUserID="LINA")
    assert User.objects.get(pk=zhangwei.pk).userid == "zhangwei"
    assert User.objects.get(pk=lina.pk).userid == "lina"


@pytest.mark.parametrize("bad", ["../x", "a b", "a" * 65, "单"])
def test_a_userid_that_wecom_never_gives_is_not_taken(cast, zhangwei, bad):
    told("change_contact", ChangeType="update_user", UserID="zhangwei", NewUserID=bad)
    assert User.objects.get(pk=zhangwei.pk).userid == "zhangwei"


def test_who_comes_back_may_write_in_the_apps_chat_at_once(cast, zhangwei):
    from wecom import people
    from wecom.client import Client

    company.change("zhangwei", state="disabled")
    sync()
    with pytest.raises(people.Refusal):
        people.sender(Client(), "ZhangWei")
    company.change("zhangwei", state="active")
    assert people.sender(Client(), "ZhangWei") == zhangwei
    assert active(zhangwei)
