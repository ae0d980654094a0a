"""The admin pages of people and roles: an administrator's clicks do what the commands do, through the same function."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts.models import AuditEntry, Role, RoleGrant, User

PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def office(zhaomin):
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(zhaomin)
    return browser


def held(user):
    return sorted(User.objects.get(pk=user.pk).role_codes)


def save(office, user, *codes, active=True):
    form = {"held": codes, "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    if active:
        form["is_active"] = "on"
    return office.post(f"{PEOPLE}{user.pk}/change/", form)


def test_it_shows_people_with_their_roles(office, wangqiang, zhangwei):
    page = office.get(PEOPLE).content.decode()
    assert "王强" in page
    assert "员工、客服" in page
    assert "财务部" in page


def test_it_asks_the_database_as_often_for_many_people_as_for_few(office, zhangwei):
    with CaptureQueriesContext(
        connection,
    ) as few:
        office.get(PEOPLE)
    for number in range(20):
        roles.enrol("ww-demo", f"more{number}", channel="demo")
    with CaptureQueriesContext(connection) as many:
        office.get(PEOPLE)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("role", "names"), [("agent", {"王强", "赵敏"}), ("user", {"王强", "赵敏", "张伟"}), ("none", set())]
)
def test_it_filters_by_role(office, wangqiang, zhangwei, role, names):
    page = office.get(f"{PEOPLE}?role={role}")
    assert {user.name for user in page.context["cl"].result_list} == names


def test_it_finds_people_by_name_userid_and_department(office, zhangwei, lina):
    for words in ("张伟", "ZHANGWEI", "财务"):
        page = office.get(PEOPLE, {"q": words})
        assert [user.name for user in page.context["cl"].result_list] == ["张伟"]


def test_it_grants_and_revokes_in_the_administrators_name(office, zhangwei, zhaomin):
    assert save(office, zhangwei, "user", "agent").status_code == 302
    assert held(zhangwei) == ["agent", "user"]
    assert save(office, zhangwei, "agent").status_code == 302
    assert held(zhangwei) == ["agent"]
    entries = AuditEntry.objects.filter(subject=zhangwei, channel="admin").order_by("id")
    assert [(entry.action, entry.facts["role"], entry.actor) for entry in entries] == [
        ("role.granted", "agent", zhaomin),
        ("role.revoked", "user", zhaomin),
    ]


def test_it_shuts_out_and_lets_in_again(office, zhangwei, zhaomin):
    theirs = Client(headers={"accept": "application/json"})
    theirs.force_login(zhangwei)
    save(office, zhangwei, "user", active=False)
    assert theirs.get("/api/portal/roles").status_code == 401
    save(office, zhangwei, "user")
    actions = AuditEntry.objects.filter(subject=zhangwei, actor=zhaomin).order_by("id")
    assert list(actions.values_list("action", flat=True)) == ["user.deactivated", "user.activated"]
    assert held(zhangwei) == ["user"]


def test_it_keeps_the_last_administrator(office, zhaomin):
    for answer in (save(office, zhaomin, "user"), save(office, zhaomin, "user", "admin", active=False)):
        assert answer.status_code == 200
        assert "至少要留一位管理员" in answer.content.decode()
    assert "admin" in held(zhaomin)


def test_it_lets_an_administrator_go_while_another_remains(office, zhaomin, liyang):
    roles.grant(liyang, "admin", channel="command")
    assert save(office, zhaomin, "user").status_code == 302
    assert held(zhaomin) == ["user"]
    assert office.get(PEOPLE).status_code == 403


def test_it_appoints_somebody_before_the_first_login(office, zhaomin):
    assert office.post(f"{PEOPLE}add/", {"userid": "Sunny", "held": ["user", "agent"]}).status_code == 302
    sunny = User.objects.member("ww-demo", "sunny")
    assert held(sunny) == ["agent", "user"]
    assert AuditEntry.objects.filter(subject=sunny, action="user.enrolled", actor=zhaomin).exists()


@pytest.mark.parametrize("userid", ["张伟", "two words", "ZhangWei", ""])
def test_it_says_what_is_wrong_with_a_userid(office, zhangwei, userid):
    assert office.post(f"{PEOPLE}add/", {"userid": userid, "held": ["user"]}).status_code == 200
    assert User.objects.count() == 2


def test_it_deletes_nobody_and_edits_no_history(office, zhangwei):
    grant, entry = RoleGrant.objects.first(), AuditEntry.objects.first()
    addresses = [
        f"{PEOPLE}{zhangwei.pk}/delete/",
        f"/admin/accounts/rolegrant/{grant.pk}/delete/",
        f"/admin/accounts/auditentry/{entry.pk}/delete/",
        f"/admin/accounts/role/{grant.role_id}/delete/",
        "/admin/accounts/role/add/",
        "/admin/accounts/rolegrant/add/",
        "/admin/accounts/auditentry/add/",
    ]
    assert {address: office.post(address, {"post": "yes"}).status_code for address in addresses} == dict.fromkeys(
        addresses, 403
    )
    for address in (f"/admin/accounts/rolegrant/{grant.pk}/change/", f"/admin/accounts/auditentry/{entry.pk}/change/"):
        assert office.get(address).status_code == 200
        assert office.post(address, {"role": 1}).status_code == 403


def test_it_renames_a_role_and_never_its_code(office):
    role = Role.objects.get(code="agent")
    office.post(f"/admin/accounts/role/{role.pk}/change/", {"name": "工程师", "code": "king"})
    role.refresh_from_db()
    assert (role.code, role.name) == ("agent", "工程师")


@pytest.mark.parametrize("field", ["corp_id", "username", "password", "userid", "session_epoch"])
def test_it_changes_nothing_that_the_form_does_not_show(office, zhangwei, field):
    before = getattr(User.objects.get(pk=zhangwei.pk), field)
    form = {"held": ["user"], "is_active": "on", field: "7", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0}
    office.post(f"{PEOPLE}{zhangwei.pk}/change/", form)
    assert getattr(User.objects.get(pk=zhangwei.pk), field) == before


def test_it_shows_the_history_pages(office, zhangwei):
    assert "授予角色 员工" in office.get("/admin/accounts/auditentry/").content.decode()
    assert "张伟" in office.get("/admin/accounts/rolegrant/").content.decode()
    assert "角色的经过" in office.get(f"{PEOPLE}{zhangwei.pk}/change/").content.decode()
    assert "工程师" not in office.get("/admin/accounts/role/").content.decode()


def test_it_tells_somebody_without_the_role_instead_of_asking_for_a_password(zhangwei):
    browser = Client(headers={"accept": "text/html"})
    browser.force_login(zhangwei)
    for address in ("/admin/", "/admin/login/", PEOPLE):
        answer = browser.get(address)
        assert answer.status_code == 403
        assert 'href="/itportal/' in answer.content.decode()


def test_it_opens_at_once_for_an_administrator_who_came_through_wecom(office):
    page = office.get("/admin/")
    assert page.status_code == 200
    assert "管理后台" in page.content.decode()
    assert "/admin/password_change/" not in page.content.decode()
