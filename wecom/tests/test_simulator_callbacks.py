"""The simulated WeCom rings at the app's callback address: sealed for real, tried again by its rules, spoilt on demand."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from wecom.crypto import Codec, Forged
from wecom.models import Inbound, SimulatedCall, SimulatedMessage, SimulatedPush, SimulatedResponse
from wecom.simulator import hands, happenings, postman, pushes, rules, sealing, sending

from .listener import Listener

State = SimulatedPush.State
AMR = hands.SILENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listening(settings, monkeypatch):
    """`listening(200, None, …)`: an app that answers so. WeCom is impatient here, so that nobody waits."""
    started = []
    monkeypatch.setattr(postman, "PATIENCE", 0.3)
    monkeypatch.setattr(postman, "PAUSE", 0.0)

    def start(*answers):
        started.append(Listener(answers))
        settings.WECOM_API_BASE = f"{started[-1].url}/wecom/simulator/cgi-bin"
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def ring(wecom):
    """`ring(push)`: wait until the product's own callback has answered. → the push as it is then"""

    def wait(push):
        assert postman.settle(), "a callback is still on its way"
        push.refresh_from_db()
        return push

    return wait


def opened(query, body):
    """What an app with our keys reads."""
    from django.conf import settings

    codec = Codec(settings.WECOM_CALLBACK_TOKEN, settings.WECOM_CALLBACK_AES_KEY, settings.WECOM_CORP_ID)
    encrypt = ElementTree.fromstring(body).findtext("Encrypt")
    plain = codec.open(encrypt, query["msg_signature"], timestamp=query["timestamp"], nonce=query["nonce"])
    return {child.tag: child.text or "" for child in ElementTree.fromstring(plain)}


def everything():
    """One of each that a member can send."""
    return [
        pushes.text("zhangwei", "你好 ]]> <b>🖨️</b>"),
        pushes.image("zhangwei", "a.png", "image/png", b"\x89PNG\r\n\x1a\n"),
        pushes.voice("zhangwei", AMR),
        pushes.video("zhangwei", "a.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
        pushes.location("zhangwei", 31.2, 121.4, "3 号楼"),
        pushes.link("zhangwei", "标题", "说明", "https://intranet.example/"),
        pushes.enter("zhangwei"),
    ]


def test_it_seals_every_kind_as_wecom_does(listening):
    app = listening(200)
    sent = everything()
    assert postman.settle()
    read = [opened(*each) for each in app.heard]
    kinds = sorted(each.get("Event") or each["MsgType"] for each in read)
    assert kinds == sorted(each.kind for each in sent)
    text = next(each for each in read if each["MsgType"] == "text")
    assert text["Content"] == "你好 ]]> <b>🖨️</b>"
    assert (text["ToUserName"], text["FromUserName"], text["AgentID"]) == ("ww-demo", "zhangwei", "1000002")
    assert 2**62 < int(text["MsgId"]) < 2**63
    assert not [each for each in read if each["MsgType"] == "event" and "MsgId" in each]
    assert {push.state for push in SimulatedPush.objects.all()} == {State.TAKEN}


def test_it_uses_every_padding(listening):
    app = listening(200)
    pushes.every_pad("zhangwei")
    assert postman.settle(60)
    lengths = {len(opened(*each)["Content"]) for each in app.heard}
    assert lengths == set(range(1, 33))


@pytest.mark.parametrize(
    ("choice", "answers", "tries", "state"),
    [
        ("timeout", [200], 1, State.TAKEN),
        ("timeout", [500, 200], 1, State.LOST),
        ("any", [500, 502, 200], 3, State.TAKEN),
        ("any", [500], 3, State.LOST),
        ("timeout", [None, 200], 2, State.TAKEN),
        ("timeout", [None], 3, State.LOST),
    ],
)
def test_it_tries_again_by_the_policy_that_is_turned_on(listening, choice, answers, tries, state):
    app = listening(*answers)
    rules.turn(retry=choice)
    push = pushes.text("zhangwei", "在吗")
    assert postman.settle()
    push.refresh_from_db()
    assert (push.tries, push.state, len(app.heard)) == (tries, state, tries)
    assert len({tuple(query.items()) for query, _body in app.heard}) == 1, "a retry is the same request"
    assert SimulatedCall.objects.filter(api="callback text").count() == tries


def test_it_tells_who_answers_slowly(listening, monkeypatch):
    listening(200)
    monkeypatch.setattr(postman, "VERIFY_PATIENCE", -1)
    pushes.text("zhangwei", "在吗")
    assert postman.settle()
    assert ", slow" in SimulatedCall.objects.get(api="callback text").note


@pytest.mark.parametrize(("twist", "heard"), [("duplicate", 3), ("lost", 0)])
def test_it_doubles_and_loses_what_it_is_told_to(listening, twist, heard):
    app = listening(200)
    rules.turn(callback_twists=twist)
    pushes.text("zhangwei", "在吗")
    assert postman.settle()
    assert len(app.heard) == heard


def test_it_lets_the_second_overtake_the_first(listening):
    app = listening(200)
    rules.turn(callback_twists="reordered")
    pushes.text("zhangwei", "一")
    assert app.heard == []
    pushes.text("zhangwei", "二")
    assert postman.settle()
    assert [opened(*each)["Content"] for each in app.heard] == ["二", "一"]


@pytest.mark.parametrize("twist", sealing.FORGERIES)
def test_every_forgery_is_wrong_in_the_way_it_says(twist):
    query, body = sealing.envelope("<xml><MsgType>text</MsgType></xml>", twist)
    if twist in {"late", "bomb"}:
        return  # sealed rightly: the product's door is asked below
    with pytest.raises((Forged, ElementTree.ParseError)):
        opened(query, body)


@pytest.mark.parametrize("twist", sealing.FORGERIES)
def test_the_product_lets_no_forgery_in(ring, zhangwei, twist):
    rules.turn(callback_twists=twist)
    push = ring(pushes.text("zhangwei", "我是假的"))
    assert (push.state, push.tries) == (State.LOST, 1) or twist == "bomb"
    assert not Inbound.objects.exists()


def test_the_product_takes_each_kind_once(ring, zhangwei):
    rules.turn(callback_twists="duplicate")
    for push in everything():
        assert ring(push).state == State.TAKEN
    kinds = Inbound.objects.values_list("kind", flat=True)
    assert sorted(kinds) == sorted(["text", "image", "voice", "video", "location", "link", "event"])


def test_the_product_passes_the_verification_and_only_with_the_right_seal(wecom):
    assert postman.verify() == (True, "200")
    for twist in ("signature", "broken", "receive_id"):
        assert postman.verify(twist)[0] is False


def test_a_tap_carries_a_fresh_code_and_the_choice(listening):
    app = listening(200)
    card = {
        "card_type": "button_interaction", "task_id": "t1", "main_title": {"title": "好了吗"},
        "button_list": [{"text": "好了", "key": "solved"}],
        "button_selection": {"question_key": "score", "option_list": [{"id": "5", "text": "很好"}]},
    }  # fmt: skip
    body = {"touser": "zhangwei", "agentid": 1000002, "msgtype": "template_card", "template_card": card}
    first = sending.accept(body, b"1")["response_code"]
    hands.tap(SimulatedMessage.objects.get(), {"key": "solved", "option": "5"})
    with pytest.raises(hands.Nothing):
        hands.tap(SimulatedMessage.objects.get(), {"key": "made up"})
    assert postman.settle()
    read = opened(*app.heard[0])
    assert (read["Event"], read["EventKey"], read["TaskId"]) == ("template_card_event", "solved", "t1")
    assert read["CardType"] == "button_interaction"
    assert read["ResponseCode"] != first
    assert SimulatedResponse.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("active", "left", ["delete_user", "unsubscribe"]),
        ("left", "active", ["create_user", "subscribe"]),
        ("active", "hidden", ["unsubscribe"]),
        ("hidden", "active", ["subscribe"]),
        ("active", "disabled", ["update_user"]),
        ("active", "active", []),
    ],
)
def test_it_tells_what_happens_to_members(listening, before, after, told):
    app = listening(200)
    happenings.directory.change("zhangwei", state=before)
    happenings.happen("zhangwei", after)
    assert postman.settle()
    read = [opened(*each) for each in app.heard]
    assert sorted(each.get("ChangeType") or each["Event"] for each in read) == sorted(told)
    for each in read:
        if each["Event"] == "change_contact":
            assert (each["FromUserName"], each["UserID"]) == ("sys", "zhangwei")
            assert re.fullmatch(r"\d+", each["Department"])


def test_a_new_name_is_told_too(listening):
    app = listening(200)
    happenings.happen("zhangwei", "active", "张大伟")
    assert postman.settle()
    assert opened(*app.heard[0])["ChangeType"] == "update_user"


def test_a_file_is_told_only_where_wecom_tells_it(listening):
    app = listening(200)
    pushes.file("zhangwei", "log.txt", "text/plain", b"error")
    assert postman.settle()
    assert app.heard == []
    rules.turn(file_in_chat="yes")
    pushes.file("zhangwei", "log.txt", "text/plain", b"error")
    assert postman.settle()
    assert opened(*app.heard[0])["MsgType"] == "file"


@pytest.mark.parametrize(("choice", "there"), [("yes", True), ("no", False)])
def test_the_envelope_names_the_app_or_not(choice, there):
    rules.turn(agent_in_envelope=choice)
    assert ("<AgentID>" in sealing.envelope("<xml/>")[1]) == there


def test_people_may_share_a_number(listening):
    listening(200)
    rules.turn(shared_msgid="yes")
    rows = [pushes.text(userid, "一样") for userid in ("zhangwei", "lina")]
    numbers = {re.search(r"<MsgId>(\d+)</MsgId>", row.xml)[1] for row in rows}
    assert postman.settle()
    assert len(numbers) <= 2
    assert all(len(number) == 10 for number in numbers)


def test_it_rings_at_nobody_elses_door(settings):
    settings.WECOM_API_BASE = "https://qyapi.weixin.qq.com/cgi-bin"
    assert postman.callback_address() == f"{settings.SITE_URL}/wecom/callback"
