"""Cards, news and notices: every part is looked at, a card is changed once, a message is recalled (WECOM 3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wecom.models import SimulatedMessage, SimulatedResponse, SimulatedToken
from wecom.simulator import rules

pytestmark = pytest.mark.django_db


def buttons(**changes):
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "问题解决了吗"},
        "task_id": "task-1",
        "button_list": [{"text": "已解决", "style": 1, "key": "solved"}, {"text": "没解决", "style": 2, "key": "no"}],
        **changes,
    }
    return {"touser": "zhangwei", "agentid": 1000002, "msgtype": "template_card", "template_card": card}


def notice(**changes):
    card = {
        "card_type": "text_notice",
        "main_title": {"title": "标题"},
        "card_action": {"type": 1, "url": "http://testserver/itdesk/"},
        **changes,
    }
    return {"touser": "zhangwei", "agentid": 1000002, "msgtype": "template_card", "template_card": card}


def news(articles):
    return {"touser": "zhangwei", "agentid": 1000002, "msgtype": "news", "news": {"articles": articles}}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"card_type": "vote"}, 42031),
        ({"main_title": {}}, 42033),
        ({"task_id": ""}, 42014),
        ({"task_id": "有 空格"}, 42014),
        ({"task_id": "x" * 129}, 42014),
        ({"button_list": []}, 42038),
        ({"button_list": [{"text": "a", "key": str(n)} for n in range(7)]}, 42038),
        ({"button_list": [{"text": "", "key": "a"}]}, 42038),
        ({"button_list": [{"text": "a", "key": "k" * 1025}]}, 42039),
        ({"button_list": [{"text": "a", "type": 1, "url": "/relative"}]}, 42028),
        ({"horizontal_content_list": [{"keyname": "a"}] * 7}, 42035),
        ({"horizontal_content_list": [{"value": "a"}]}, 42027),
        ({"horizontal_content_list": [{"keyname": "a", "type": 3}]}, 42050),
        ({"jump_list": [{"title": "a"}] * 4}, 42042),
        ({"button_selection": {"option_list": []}}, 42043),
        ({"card_action": {"type": 1, "url": "no"}}, 42028),
    ],
)
def test_it_looks_at_every_part_of_a_card_with_buttons(post, changes, code):
    answer = post("message/send", buttons(**changes))
    assert answer["errcode"] == code
    assert ("response_code" in answer) == (code == 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"card_action": None}, 42045),
        ({"main_title": {}}, 42033),
        ({"main_title": {}, "sub_title_text": "正文"}, 0),
        ({"action_menu": {"action_list": [{"text": "不再提醒", "key": "off"}]}}, 42014),
        ({"action_menu": {"action_list": [{"text": "不再提醒", "key": "off"}]}, "task_id": "t1"}, 0),
    ],
)
def test_it_looks_at_every_part_of_a_notice(post, changes, code):
    assert post("message/send", notice(**changes))["errcode"] == code


def test_it_takes_a_task_once(post):
    assert post("message/send", buttons())["errcode"] == 0
    assert post("message/send", {**buttons(), "touser": "lina"})["errcode"] == 42014
    assert post("message/send", buttons(task_id="task-2"))["errcode"] == 0


def test_it_swallows_the_copy_of_a_card_without_blaming_its_task(post):
    body = {**buttons(), "enable_duplicate_check": 1}
    assert [post("message/send", body)["errcode"] for _ in range(2)] == [0, 0]
    assert sorted(SimulatedMessage.objects.values_list("fate", flat=True)) == ["arrived", "duplicate"]


def test_it_refuses_buttons_while_nobody_listens(post):
    rules.turn(callback_on="no")
    assert post("message/send", buttons())["errcode"] == 43012
    assert post("message/send", notice())["errcode"] == 0


@pytest.mark.parametrize(
    ("articles", "code"),
    [
        ([{"title": "标题", "url": "http://testserver/"}], 0),
        ([], 45008),
        ([{"title": "标题", "url": "http://testserver/"}] * 9, 45008),
        ([{"url": "http://testserver/"}], 41016),
        ([{"title": "标题"}], 41010),
        ([{"title": "标题", "url": "testserver"}], 45034),
        ([{"title": "字" * 43, "url": "http://testserver/"}], 40058),
    ],
)
def test_it_counts_news(post, articles, code):
    assert post("message/send", news(articles))["errcode"] == code


def test_it_changes_a_card_once_within_72_hours(post, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    code = post("message/send", buttons())["response_code"]
    update = {"userids": ["zhangwei", "Nobody"], "agentid": 1000002, "response_code": code}
    grey = {**update, "button": {"replace_name": "已解决"}}
    assert post("message/update_template_card", {**grey, "userids": "zhangwei"})["errcode"] == 40035
    assert post("message/update_template_card", grey)["invaliduser"] == ["Nobody"]
    assert SimulatedMessage.objects.get().greyed == "已解决"
    assert post("message/update_template_card", grey)["errcode"] == 60140
    late = post("message/send", buttons(task_id="task-2"))["response_code"]
    SimulatedToken.objects.update(expires_at=timezone.now() + timedelta(days=9))
    time_machine.shift(timedelta(hours=72, seconds=1))
    assert post("message/update_template_card", {**grey, "response_code": late})["errcode"] == 60140


def test_it_puts_another_card_in_the_place_of_one(post):
    code = post("message/send", buttons())["response_code"]
    body = {"atall": 1, "agentid": 1000002, "response_code": code}
    wrong = {**notice()["template_card"], "task_id": "task-9"}
    assert post("message/update_template_card", {**body, "template_card": wrong})["errcode"] == 42016
    assert SimulatedResponse.objects.get().used_at is None, "a refused update must not use the code up"
    right = notice(main_title={"title": "已由王强处理"})["template_card"]
    assert post("message/update_template_card", {**body, "template_card": right})["errcode"] == 0
    assert SimulatedMessage.objects.get().card["main_title"]["title"] == "已由王强处理"


def test_it_recalls_within_a_day(post, client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    sent = post("message/send", notice())
    assert post("message/recall", {"msgid": "made up"})["errcode"] == 40058
    assert post("message/recall", {"msgid": sent["msgid"]})["errcode"] == 0
    page = client.get("/wecom/simulator/phone/zhangwei/").content.decode()
    assert "撤回了一条消息" in page
    assert "标题" not in page
    late = post("message/send", notice())
    SimulatedToken.objects.update(expires_at=timezone.now() + timedelta(days=2))
    time_machine.shift(timedelta(hours=24, seconds=1))
    assert post("message/recall", {"msgid": late["msgid"]})["errcode"] == 42052
