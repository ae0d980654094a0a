"""A new desk is usable at once, and what an administrator did to it stays done."""

import pytest
from django.core.management import call_command

from conversations.commands.setup import init_desk
from conversations.models import CannedReply, Category, DeskWords

pytestmark = pytest.mark.django_db


def dump():
    return [list(model.objects.order_by("pk").values()) for model in (DeskWords, Category, CannedReply)]


def test_a_new_desk_has_a_greeting_categories_and_replies():
    call_command("init_desk", verbosity=0)
    assert DeskWords.objects.get(pk=1).greeting_en
    assert list(Category.objects.values_list("name", flat=True))[:2] == ["VPN与网络", "账号与密码"]
    assert Category.objects.count() == 10
    assert CannedReply.objects.count() == 15


def test_a_second_run_changes_nothing():
    assert init_desk() is True
    before = dump()
    assert init_desk() is False
    assert dump() == before


def test_an_administrators_edits_and_deletions_survive():
    init_desk()
    Category.objects.filter(code="mail").update(name="邮件", position=5)
    Category.objects.filter(code="other").delete()
    CannedReply.objects.all().delete()
    DeskWords.objects.update(greeting="有事请说")
    before = dump()
    init_desk()
    assert dump() == before


def test_a_category_made_by_hand_before_is_kept():
    Category.objects.create(code="vpn", name="我的 VPN")
    init_desk()
    assert Category.objects.get(code="vpn").name == "我的 VPN"
    assert Category.objects.count() == 10
