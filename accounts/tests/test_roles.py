"""Giving and taking roles, and shutting people out: what changes, what is written down, who is told."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts import roles, signals
from accounts.models import AuditEntry, Role, RoleGrant, User


@pytest.fixture
def told():
    """The ids of people whose open sockets were told to look again."""
    heard = []

    def listen(sender, user_id, **kwargs):
        heard.append(user_id)

    signals.rights_changed.connect(listen)
    yield heard
    signals.rights_changed.disconnect(listen)


def signed_in(user):
    browser = Client(headers={"accept": "application/json"})
    browser.force_login(user)
    return browser


def role_codes(browser):
    answer = browser.get("/api/portal/roles")
    return [role["code"] for role in answer.json()["roles"]] if answer.status_code == 200 else answer.status_code


def test_it_writes_down_who_gave_a_role_and_who_took_it(zhangwei, zhaomin):
    roles.grant(zhangwei, Role.AGENT, channel="admin", by=zhaomin)
    roles.revoke(zhangwei, Role.AGENT, channel="command")
    grant = RoleGrant.objects.get(user=zhangwei, role__code=Role.AGENT)
    assert (grant.granted_by, grant.revoked_by) == (zhaomin, None)
    assert grant.revoked_at >= grant.granted_at
    entries = AuditEntry.objects.filter(subject=zhangwei, facts={"role": Role.AGENT}).order_by("id")
    assert [(entry.action, entry.channel, entry.actor) for entry in entries] == [
        ("role.granted", "admin", zhaomin),
        ("role.revoked", "command", None),
    ]


def test_it_changes_nothing_the_second_time(zhangwei, told):
    before = AuditEntry.objects.count()
    assert roles.grant(zhangwei, Role.USER, channel="admin") is False
    assert roles.revoke(zhangwei, Role.AGENT, channel="admin") is False
    assert (AuditEntry.objects.count(), told) == (before, [])


def test_it_keeps_the_history_when_a_role_comes_back(zhangwei):
    for _ in range(2):
        roles.grant(zhangwei, Role.AGENT, channel="admin")
        roles.revoke(zhangwei, Role.AGENT, channel="admin")
    assert RoleGrant.objects.filter(user=zhangwei, role__code=Role.AGENT).count() == 2


def test_it_refuses_a_role_that_does_not_exist(zhangwei):
    with pytest.raises(roles.UnknownRole):
        roles.grant(zhangwei, "king", channel="admin")


@pytest.mark.django_db(transaction=True)
def test_it_tells_open_sockets_after_the_commit(zhangwei, told):
    roles.grant(zhangwei, Role.AGENT, channel="admin")
    roles.revoke(zhangwei, Role.AGENT, channel="admin")
    assert told == [zhangwei.pk, zhangwei.pk]


def twenty_at_once(call):
    """The answers of twenty threads that start together; one that raised has none."""
    start, answers = threading.Barrier(20), []

    def run():
        start.wait()
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_it_grants_once_when_twenty_ask_at_once(zhangwei):
    changed = twenty_at_once(lambda: roles.grant(zhangwei, Role.AGENT, channel="admin"))
    assert (len(changed), sum(changed)) == (20, 1)
    assert RoleGrant.objects.filter(user=zhangwei, role__code=Role.AGENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_revokes_once_when_twenty_ask_at_once(zhangwei, told):
    roles.grant(zhangwei, Role.AGENT, channel="admin")
    told.clear()
    changed = twenty_at_once(lambda: roles.revoke(zhangwei, Role.AGENT, channel="admin"))
    assert (len(changed), sum(changed), told) == (20, 1, [zhangwei.pk])
    assert AuditEntry.objects.filter(subject=zhangwei, action="role.revoked").count() == 1


def test_it_shuts_out_who_is_made_inactive(zhangwei):
    browser = signed_in(zhangwei)
    assert role_codes(browser) == ["user"]
    roles.deactivate(zhangwei, channel="admin")
    assert role_codes(browser) == 401


def test_it_does_not_revive_old_sessions_with_the_person(zhangwei):
    browser = signed_in(zhangwei)
    roles.deactivate(zhangwei, channel="admin")
    roles.activate(zhangwei, channel="admin")
    assert role_codes(browser) == 401
    assert role_codes(signed_in(User.objects.get(pk=zhangwei.pk))) == ["user"]


def test_it_leaves_other_sessions_alone(zhangwei, lina):
    browser = signed_in(lina)
    roles.deactivate(zhangwei, channel="admin")
    assert role_codes(browser) == ["user"]


@pytest.mark.django_db(transaction=True)
def test_it_tells_open_sockets_of_somebody_shut_out(zhangwei, zhaomin, told):
    told.clear()
    assert roles.deactivate(zhangwei, channel="admin", by=zhaomin) is True
    assert roles.deactivate(zhangwei, channel="admin", by=zhaomin) is False
    assert told == [zhangwei.pk]
    assert AuditEntry.objects.filter(action="user.deactivated", subject=zhangwei, actor=zhaomin).count() == 1


def test_it_finds_a_member_in_any_case_and_only_in_their_company(zhangwei):
    assert User.objects.member("ww-demo", "ZhangWei") == zhangwei
    assert User.objects.member("ww-other", "zhangwei") is None
