"""What people write in the app's chat is in the desk: once, whole, as theirs, and in the request that is open."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import roles
from accounts.models import User
from conversations.commands.messages import post_message, post_reply
from conversations.models import Conversation, Message
from conversations.presentation import message_html, message_json
from jobs.models import Job
from jobs.worker import run_due
from wecom.inbound import receiving, words
from wecom.models import Delivery, Inbound, SimulatedMessage

from .callbacks import Phone

pytestmark = pytest.mark.django_db(transaction=True)
LINK = "https://apis.map.qq.com/uri/v1/marker?"


@pytest.fixture
def phone(settings, wecom):
    return Phone(settings)


@pytest.fixture
def says(phone):
    """`says("zhangwei", "…")`: written in the app's chat, and worked on. → the messages that it became."""

    def say(userid, text, **more):
        before = set(Message.objects.values_list("pk", flat=True))
        assert phone.writes(userid, text, **more).status_code == 200
        run_due()
        return list(Message.objects.exclude(pk__in=before).filter(sender_type="employee").order_by("seq"))

    return say


def heard(userid):
    """The sentences that the app's chat said to this member."""
    run_due()
    return [each.body["text"]["content"] for each in SimulatedMessage.objects.filter(userid=userid).order_by("id")]


def test_a_word_opens_a_request(says, zhangwei):
    (message,) = says("zhangwei", "打印机连不上了 😀")
    assert (message.content, message.author, message.sender_type) == ("打印机连不上了 😀", zhangwei, "employee")
    assert (message.conversation.employee, message.conversation.subject) == (zhangwei, "打印机连不上了 😀")
    entry = Inbound.objects.get()
    assert (entry.message, entry.outcome, entry.settled_at is not None) == (message, "done", True)


def test_what_it_cannot_take_is_said_once_a_minute(phone, zhangwei):
    """Ten stickers are ten messages of the company's day otherwise."""
    with time_machine.travel(timezone.now().replace(second=0)) as clock:
        for _number in range(10):
            phone.post(phone.message("zhangwei", "sticker"))
        (sentence,) = heard("zhangwei")
        assert "收不了" in sentence
        clock.shift(61)
        phone.post(phone.message("zhangwei", "sticker"))
        assert len(heard("zhangwei")) == 2


def test_it_goes_on_between_page_and_chat(says, zhangwei, wangqiang):
    first, _ = post_message(author=zhangwei, content="在页面上写的", client_id=uuid.uuid4())
    (second,) = says("zhangwei", "在聊天里写的")
    reply, _ = post_reply(
        author=wangqiang, conversation_id=first.conversation_id, content="看到了", client_id=uuid.uuid4()
    )
    (fourth,) = says("ZhangWei", "好的")  # WeCom is not strict about case
    fifth, _ = post_message(author=zhangwei, content="又在页面上", client_id=uuid.uuid4())
    told = [first, second, reply, fourth, fifth]
    assert {each.conversation_id for each in told} == {first.conversation_id}
    assert [each.seq for each in told] == sorted(each.seq for each in told)
    assert User.objects.filter(userid_key="zhangwei").count() == 1


def test_after_a_solved_request_a_word_opens_a_new_one(says, zhangwei, wangqiang):
    (first,) = says("zhangwei", "打印机坏了")
    Conversation.objects.filter(pk=first.conversation_id).update(status="resolved")
    (second,) = says("zhangwei", "鼠标也坏了")
    assert second.conversation_id != first.conversation_id


def test_somebody_unknown_is_made_from_the_directory(says):
    (message,) = says("chenjie", "您好")
    person = message.author
    assert (person.name, person.department, person.position) == ("陈杰", "销售部（华东）", "销售代表")
    assert person.role_codes == {"user"}


def test_who_is_out_of_the_visible_range_or_nobody_leaves_nothing_behind(says):
    for userid in ("sunlei", "nobody", "partner/zhangwei", "x" * 100):
        assert says(userid, "您好") == []
    assert not User.objects.exists()
    assert set(Inbound.objects.values_list("outcome", flat=True)) == {"invisible", "outsider"}
    assert not Job.objects.filter(state=Job.State.DEAD).exists()
    assert not SimulatedMessage.objects.exists()


def test_a_leaver_is_not_heard(says, zhangwei):
    roles.deactivate(zhangwei, channel="command")
    assert says("zhangwei", "我还在吗") == []
    assert heard("zhangwei") == []
    assert Inbound.objects.get().outcome == "inactive"


def test_who_may_not_ask_is_told_so_once_a_day(says, phone, zhangwei):
    roles.revoke(zhangwei, "user", channel="command")
    phone.does("zhangwei", "enter_agent", EventKey="")  # no greeting that asks for words
    for text in ("一", "二", "三"):
        assert says("zhangwei", text) == []
    (told,) = heard("zhangwei")
    assert "管理员" in told
    assert set(Inbound.objects.values_list("outcome", flat=True)) == {"not_allowed"}


@pytest.mark.parametrize("text", ["a" * 25, "一" * 10 + "\n" + "二" * 10, "🖨️" * 12, "\n".join("abcdefghij")])
def test_no_character_is_lost_where_the_desk_takes_less(says, zhangwei, settings, text):
    settings.MESSAGE_MAX_CHARS = 10
    told = says("zhangwei", text)
    assert max(len(each.content) for each in told) <= 10
    assert "".join(each.content for each in told).replace("\n", "") == text.replace("\n", "")
    assert [each.seq for each in told] == list(range(1, len(told) + 1))
    assert Inbound.objects.get().message == told[0]


def test_long_words_are_parted_at_the_ends_of_lines():
    assert words.pieces_of("一二三四五六\n七八九十\n", 8) == ["一二三四五六\n", "七八九十\n"]
    assert words.pieces_of("一二三四五六七八九十", 8) == ["一二三四五六七八", "九十"]
    assert words.pieces_of("一\n" + " " * 30, 8) == ["一\n      "]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b"])
def test_words_that_nobody_can_see_are_no_message(says, zhangwei, text):
    assert says("zhangwei", text) == []
    assert Inbound.objects.get().outcome == "empty"


@pytest.mark.parametrize(
    ("text", "kept"), [("乱码 \ufffd 怎么办", "乱码 □ 怎么办"), ("a\r\nb", "a\nb"), ("e\u0301", "é")]
)
def test_what_a_page_would_refuse_is_kept(says, zhangwei, text, kept):
    assert [each.content for each in says("zhangwei", text)] == [kept]


def test_a_place_is_words_and_a_map_of_numbers(phone, zhangwei):
    phone.post(phone.message(
        "zhangwei", "location", Location_X="39.904989", Location_Y="116.405285", Scale="16", AppType="wxwork",
        Label="三楼 打印室\"><script>&x=;title:evil",
    ))  # fmt: skip
    run_due()
    message = Message.objects.get()
    line, address = message.content.split("\n")
    assert line.startswith("[位置] 三楼 打印室")
    assert address == f"{LINK}marker=coord:39.904989,116.405285;title:here;addr:here&referer=itdesk"
    html = message_html(message, "agents")
    assert f'<a href="{LINK}marker=coord:39.904989,116.405285' in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("lat", "lon"), [("nan", "116"), ("1e400", "116"), ("91", "0"), ("39.9", "181"), ("", ""), ("x", "y")]
)
def test_a_place_that_is_none_gets_no_map(phone, zhangwei, lat, lon):
    phone.post(phone.message("zhangwei", "location", Location_X=lat, Location_Y=lon, Label="打印室"))
    run_due()
    assert Message.objects.get().content == "[位置] 打印室"


def test_a_link_is_readable_and_only_web_addresses_can_be_followed(phone, zhangwei):
    for url in ("https://example.com/a?b=1", "javascript:alert(1)"):
        phone.post(
            phone.message(
                "zhangwei", "link", Title="报错页面", Description="点进去就卡住", Url=url, PicUrl="http://127.0.0.1:9/"
            )
        )
    run_due()
    good, bad = Message.objects.order_by("seq")
    assert good.content == "[链接] 报错页面\n点进去就卡住\nhttps://example.com/a?b=1"
    assert 'href="https://example.com/a?b=1"' in message_html(good, "agents")
    assert "href" not in message_html(bad, "agents")


def test_something_of_another_kind_is_answered_once(phone, zhangwei, settings):
    plain = phone.message("zhangwei", "file", MediaId="x", FileName="报告.docx")
    for _copy in range(3):
        phone.post(plain)
    run_due()
    (told,) = heard("zhangwei")
    assert f"{settings.SITE_URL}/itdesk/" in told
    assert not Message.objects.exists()
    assert Inbound.objects.get().outcome == "unsupported"


def test_who_comes_in_is_greeted_once_a_day(phone, zhangwei, lina):
    for second in range(3):
        at = str(int(timezone.now().timestamp()) + second)
        phone.does("zhangwei", "enter_agent", EventKey="", CreateTime=at)
        phone.does("lina", "enter_agent", EventKey="", CreateTime=at)
    run_due()
    assert len(heard("zhangwei")) == len(heard("lina")) == 1
    assert Inbound.objects.filter(event="enter_agent").count() == 6


def test_nobody_is_greeted_amid_a_conversation_or_long_after(phone, zhangwei, lina):
    post_message(author=zhangwei, content="打印机坏了", client_id=uuid.uuid4())
    phone.does("zhangwei", "enter_agent", EventKey="")
    phone.does("lina", "enter_agent", EventKey="")
    Inbound.objects.filter(userid="lina").update(received_at=timezone.now() - timedelta(hours=1))
    run_due()
    assert heard("zhangwei") == heard("lina") == []


def test_a_wecom_that_is_away_loses_no_word_and_keeps_the_greeting(phone, faults, zhangwei):
    phone.does("zhangwei", "enter_agent", EventKey="")
    faults(down=True)
    run_due()
    phone.writes("zhangwei", "打印机坏了")
    phone.writes("chenjie", "我是新来的")
    run_due()
    assert [each.content for each in Message.objects.all()] == ["打印机坏了"]  # of 陈杰 nobody knows anything yet
    faults(down=False)
    run_due(timezone.now() + timedelta(minutes=1))
    assert {each.content for each in Message.objects.all()} == {"打印机坏了", "我是新来的"}
    assert len(heard("zhangwei")) == 1


def test_agents_see_where_it_was_written_and_everybody_the_same_message(says, zhangwei):
    (message,) = says("zhangwei", "打印机坏了")
    assert "来自企业微信" in message_html(message, "agents")
    assert "来自企业微信" not in message_html(message, "employee")
    assert message_json(message, "agents")["content"] == "打印机坏了"
    on_page, _ = post_message(author=zhangwei, content="在页面上", client_id=uuid.uuid4())
    assert "来自企业微信" not in message_html(on_page, "agents")


def test_an_administrator_sees_what_became_of_it_and_not_what_it_says(says, client, zhangwei, zhaomin):
    says("zhangwei", "我的密码是 hunter2")
    says("nobody", "您好")
    client.force_login(zhaomin)
    page = client.get("/admin/wecom/inbound/").content.decode()
    assert "已处理" in page
    assert "成员不存在" in page
    entry = client.get(f"/admin/wecom/inbound/{Inbound.objects.first().pk}/change/")
    assert entry.status_code == 200
    assert "hunter2" not in page


def test_what_was_settled_long_ago_is_forgotten_and_its_message_stays(says, zhangwei):
    says("zhangwei", "旧的")
    says("zhangwei", "新的")
    Inbound.objects.filter(message__content="旧的").update(received_at=timezone.now() - receiving.KEPT_FOR * 2)
    assert receiving.sweep(timezone.now()) == 1
    assert Inbound.objects.get().message.content == "新的"
    assert Message.objects.count() == 2


def test_a_callback_that_never_comes_costs_its_word_and_nothing_else(says, phone, zhangwei):
    """WeCom promises no delivery: the envelope of 「二」 is lost on its way, after three tries."""
    says("zhangwei", "一")
    phone.envelope(phone.message("zhangwei", "text", Content="二"))
    (third,) = says("zhangwei", "三")
    assert [(each.seq, each.content) for each in Message.objects.order_by("seq")] == [(1, "一"), (2, "三")]
    assert third.conversation.last_seq == 2
    assert not Delivery.objects.filter(state=Delivery.State.FAILED).exists()
    assert not Job.objects.filter(name=receiving.RECEIVE).exclude(state=Job.State.DONE).exists()
