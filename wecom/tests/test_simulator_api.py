"""What the simulated WeCom takes and answers beyond messages: files, departments, members, tickets, errors (WECOM 1, 4, 8)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from wecom.models import SimulatedError, SimulatedMedia, SimulatedMessage, SimulatedTicket, SimulatedToken
from wecom.simulator import directory, log, rules

from .conftest import SIMULATED_API as API

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
MEGABYTE = 1024 * 1024

pytestmark = pytest.mark.django_db


def notice(**changes):
    card = {
        "card_type": "text_notice",
        "main_title": {"title": "标题"},
        "card_action": {"type": 1, "url": "http://testserver/itdesk/"},
        **changes,
    }
    return {"touser": "zhangwei", "agentid": 1000002, "msgtype": "template_card", "template_card": card}


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("image", PNG, 0),
        ("image", b"GIF89a" + b"0" * 20, 40123),
        ("image", PNG + b"0" * 5 * MEGABYTE, 45001),
        ("image", b"12345", 40006),
        ("image", b"", 44001),
        ("voice", b"#!AMR\n" + b"0" * 20, 0),
        ("voice", PNG, 40004),
        ("voice", b"#!AMR\n" + b"0" * 2 * MEGABYTE, 45001),
        ("video", b"\0\0\0\x18ftypmp42" + b"0" * 20, 0),
        ("video", PNG, 40004),
        ("file", b"anything", 0),
        ("sticker", PNG, 40005),
    ],
)
def test_it_looks_at_size_and_shape_of_a_file(upload, kind, content, code):
    answer = upload(kind, content)
    assert answer["errcode"] == code
    if not code:
        assert (answer["errmsg"], answer["type"]) == ("", kind)
        assert answer["created_at"].isdecimal()


def test_it_gives_a_file_back_for_three_days_and_no_longer(client, api_token, upload, get, post, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    media_id = upload("image", PNG, "打印机.png")["media_id"]
    answer = client.get(f"{API}/media/get", {"access_token": api_token, "media_id": media_id})
    assert answer.content == PNG
    assert "%E6%89%93" in answer["Content-Disposition"]
    assert get("media/get", media_id="made up")["errcode"] == 40007
    message = {"touser": "zhangwei", "agentid": 1000002, "msgtype": "image", "image": {"media_id": media_id}}
    assert post("message/send", message)["errcode"] == 0
    assert post("message/send", {**message, "msgtype": "file", "file": {"media_id": media_id}})["errcode"] == 40007
    SimulatedToken.objects.update(expires_at=timezone.now() + timedelta(days=9))
    time_machine.shift(timedelta(days=3, seconds=1))
    assert get("media/get", media_id=media_id)["errcode"] == 40007
    assert post("message/send", message)["errcode"] == 40007
    assert SimulatedMedia.objects.exists()


def test_it_tells_the_company_from_the_department_down(get):
    listed = {one["id"]: one for one in get("department/list")["department"]}
    group = next(one for one in listed.values() if one["name"] == "销售中心")
    below = [one["name"] for one in listed.values() if one["parentid"] == group["id"]]
    assert below == ["销售部（华东）", "销售部（华南）"]
    assert listed[1]["parentid"] == 0
    simple = get("department/simplelist", id=group["id"])["department_id"]
    assert [set(one) for one in simple] == [{"id", "parentid", "order"}] * 3
    assert get("department/get", id=group["id"])["department"]["name"] == "销售中心"
    assert get("department/get", id=999)["errcode"] == 60003


def test_it_lists_only_who_is_visible_and_nothing_private(get):
    people = directory.department_id("人力资源部")
    assert [one["userid"] for one in get("user/simplelist", department_id=people)["userlist"]] == ["yangfan", "gaoxia"]
    whole = get("user/list", department_id=people)["userlist"][0]
    assert whole["status"] == 1
    assert not {"mobile", "email", "avatar", "gender", "biz_mail", "address"} & set(whole)


@pytest.mark.parametrize(("state", "code"), [("left", 60111), ("hidden", 60011), ("disabled", 0), ("unlicensed", 0)])
def test_what_happens_to_a_member_shows_in_every_answer(get, post, state, code):
    directory.change("zhangwei", state=state, name="张大伟")
    found = get("user/get", userid="zhangwei")
    assert found["errcode"] == code
    sent = post("message/send", {**notice(), "touser": "zhangwei|lina"})
    field = "unlicenseduser" if state == "unlicensed" else "invaliduser"
    assert sent[field] == "zhangwei"
    assert post("message/send", notice())["errcode"] == 81013
    if code == 0:
        assert (found["name"], found["status"]) == ("张大伟", 2 if state == "disabled" else 1)


def test_it_sends_to_departments_and_names_those_that_there_are_not(post):
    answer = post("message/send", {**notice(), "touser": "", "toparty": "101|999", "totag": "7"})
    assert (answer["invalidparty"], answer["invalidtag"]) == ("999", "7")
    assert SimulatedMessage.objects.filter(userid="chenjie").exists()


def test_it_gives_a_ticket_of_each_kind_a_hundred_times_an_hour(get):
    corp, agent = get("get_jsapi_ticket"), get("ticket/get", type="agent_config")
    assert corp["ticket"] != agent["ticket"]
    assert get("get_jsapi_ticket")["ticket"] == corp["ticket"]
    assert get("ticket/get")["errcode"] == 40035
    assert {get("get_jsapi_ticket")["errcode"] for _ in range(98)} == {0}
    assert get("get_jsapi_ticket")["errcode"] == 45009
    assert SimulatedTicket.objects.count() == 2


def test_it_fails_as_often_as_it_was_told_and_where(get):
    SimulatedError.objects.create(api="user/get", errcode=45033, left=2)
    assert get("department/list")["errcode"] == 0
    assert [get("user/get", userid="lina")["errcode"] for _ in range(3)] == [45033, 45033, 0]


def test_it_counts_every_call_even_when_the_log_forgets(get, monkeypatch):
    monkeypatch.setattr(log, "LENGTH", 3)
    for _ in range(5):
        get("user/get", userid="lina")
    assert log.calls_of("user/get") == 5


@pytest.mark.parametrize(
    ("choice", "same", "alive"), [("kept", True, True), ("new", False, True), ("replaced", False, False)]
)
def test_it_repeats_a_token_or_not_as_it_is_turned(client, api_token, get, choice, same, alive):
    rules.turn(same_token=choice)
    again = client.get(f"{API}/gettoken", {"corpid": "ww-demo", "corpsecret": "simulator-secret"}).json()
    assert (again["access_token"] == api_token) == same
    assert get("user/get", userid="lina")["errcode"] == (0 if alive else 40014)


def test_it_blocks_an_address_that_keeps_guessing(client, api_token):
    def ask(secret):
        return client.get(f"{API}/gettoken", {"corpid": "ww-demo", "corpsecret": secret}).json()["errcode"]

    assert [ask("wrong") for _ in range(10)] == [40001] * 10
    assert ask("simulator-secret") == 45009


@pytest.mark.parametrize(("choice", "code"), [("no", 0), ("yes", 40033)])
def test_it_refuses_escapes_when_it_is_turned_so(client, api_token, choice, code):
    rules.turn(unicode_escapes=choice)
    body = json.dumps(notice(), ensure_ascii=True).encode()
    answer = client.post(f"{API}/message/send?access_token={api_token}", body, content_type="application/json")
    assert answer.json()["errcode"] == code


def test_every_other_answer_to_an_uncertain_fact_can_be_had(post, upload, settings):
    card = {"title": "字" * 100, "description": "说明", "url": "http://testserver/"}
    body = {"touser": "zhangwei", "agentid": 1000002, "msgtype": "textcard", "textcard": card}
    assert post("message/send", body)["errcode"] == 40058
    rules.turn(textcard_limits="characters", image_limit="10", touser_text="40058")
    assert post("message/send", body)["errcode"] == 0
    assert post("message/send", {**body, "touser": ["zhangwei"]})["errcode"] == 40058
    assert upload("image", PNG + b"0" * 6 * MEGABYTE)["errcode"] == 0
