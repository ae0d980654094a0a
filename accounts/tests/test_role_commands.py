"""init_roles and assign_role, as an administrator types them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Role, User


def run(*words):
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def held(userid):
    return sorted(User.objects.member("ww-demo", userid).role_codes)


def test_init_roles_says_what_it_made_and_then_makes_nothing(db):
    assert "user, agent, admin" in run("init_roles")[0]
    assert "没有改动" in run("init_roles")[0]
    assert Role.objects.count() == 3


def test_init_roles_keeps_a_name_that_an_administrator_chose(db):
    run("init_roles")
    Role.objects.filter(code="agent").update(name="工程师")
    Role.objects.filter(code="user").delete()
    assert run("init_roles")[0].strip().endswith("user")
    assert Role.objects.get(code="agent").name == "工程师"


def test_assign_role_grants_in_any_case(zhangwei):
    run("assign_role", "ZHANGWEI", "agent")
    assert held("zhangwei") == ["agent", "user"]
    assert User.objects.count() == 1


def test_assign_role_is_safe_to_repeat(zhangwei):
    run("assign_role", "zhangwei", "agent")
    assert "没有改动" in run("assign_role", "zhangwei", "agent")[0]
    assert AuditEntry.objects.filter(subject=zhangwei, facts={"role": "agent"}).count() == 1


def test_assign_role_takes_a_role_away(wangqiang):
    run("assign_role", "wangqiang", "agent", "--remove")
    assert held("wangqiang") == ["user"]
    assert "没有改动" in run("assign_role", "wangqiang", "agent", "--remove")[0]


def test_assign_role_lists(wangqiang, db):
    assert run("assign_role", "WangQiang", "--list")[0].strip() == "user, agent"


def test_assign_role_appoints_somebody_before_the_first_login(db):
    out, _ = run("assign_role", "sunny", "admin")
    assert "还没有登录过" in out
    assert held("sunny") == ["admin", "user"]
    assert User.objects.get().corp_id == "ww-demo"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["zhangwei", "king"], "没有角色 king"),
        (["zhangwei"], "请写明角色"),
        (["nobody", "agent", "--remove"], "没有这个人：nobody"),
        (["nobody", "--list"], "没有这个人：nobody"),
        (["张伟", "agent"], "不是企业微信账号"),
        (["two words", "agent"], "不是企业微信账号"),
        (["x" * 65, "agent"], "不是企业微信账号"),
        (["zhangwei", "agent", "--remove", "--list"], "not allowed with"),
    ],
)
def test_assign_role_says_what_is_wrong(zhangwei, words, reason):
    with pytest.raises(CommandError, match=reason):
        run("assign_role", *words)
    assert held("zhangwei") == ["user"]
    assert User.objects.count() == 1


def test_assign_role_needs_the_company_for_a_newcomer(db, settings):
    settings.WECOM_CORP_ID = ""
    with pytest.raises(CommandError, match="WECOM_CORP_ID"):
        run("assign_role", "sunny", "agent")


def test_assign_role_warns_when_the_last_administrator_goes(zhaomin):
    _, err = run("assign_role", "zhaomin", "admin", "--remove")
    assert "现在没有管理员了" in err
    assert held("zhaomin") == ["agent", "user"]


def test_assign_role_does_not_warn_while_another_remains(zhaomin):
    run("assign_role", "second", "admin")
    assert run("assign_role", "zhaomin", "admin", "--remove")[1] == ""


def test_assign_role_says_that_an_inactive_person_has_to_wait(zhangwei):
    User.objects.update(is_active=False)
    assert "已停用" in run("assign_role", "zhangwei", "agent")[1]
