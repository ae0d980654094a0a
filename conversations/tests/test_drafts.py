"""Drafts through HTTP: kept for their author alone, the newest words win, and nothing that was sent comes back."""

import uuid

import pytest
from django.test import Client

from accounts import roles
from conversations.commands import lifecycle
from conversations.models import Draft, Message

from .test_post_message import answer, at_once, say

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


class Writer:
    """One page of one person: it names its draft, counts its savings, and knows a revision."""

    def __init__(self, user, place, send_to):
        self.client = Client(headers=JSON)
        self.client.force_login(user, backend="accounts.backends.WecomBackend")
        self.place, self.send_to = place, send_to
        self.draft_id, self.step, self.revision = str(uuid.uuid4()), 0, 0

    def request(self, content, **fields):
        """The fields of the next saving, which may reach the server late or never."""
        self.step += 1
        told = {"draft_id": self.draft_id, "step": self.step, "base": self.revision, "content": content}
        return {**told, **fields}

    def post(self, fields):
        return self.client.post(self.place, fields)

    def save(self, content, **fields):
        answer = self.post(self.request(content, **fields))
        if answer.status_code == 200:
            self.revision = answer.json()["revision"]
        return answer

    def open(self):
        found = self.client.get(self.place).json()
        self.revision = found["revision"]
        return found

    def message(self, content, **fields):
        """The fields of the message that this draft becomes; a page begins a new draft with it."""
        named = {"draft_id": self.draft_id, "draft_revision": self.revision}
        self.draft_id, self.step = str(uuid.uuid4()), 0
        return {"client_id": str(uuid.uuid4()), "content": content, **named, **fields}

    def send(self, content, **fields):
        return self.client.post(self.send_to, self.message(content, **fields))


@pytest.fixture
def conversation(zhangwei):
    return say(zhangwei).conversation


@pytest.fixture
def desk(zhangwei, conversation):
    """`desk()`: another page of zhangwei on the request."""
    return lambda user=zhangwei: Writer(user, f"/itdesk/c/{conversation.pk}/draft", "/itdesk/messages")


@pytest.fixture
def console(wangqiang, conversation):
    """`console()`: another page of wangqiang on the conversation."""
    place = f"/agent/conversations/{conversation.pk}/"
    return lambda user=wangqiang: Writer(user, f"{place}draft", f"{place}messages")


@pytest.fixture
def new(zhangwei):
    return lambda: Writer(zhangwei, "/itdesk/draft", "/itdesk/messages")


# Keeping ---------------------------------------------------------------------------------------------------------------
def test_another_device_finds_what_was_begun(desk, console, new):
    for place, words in ((desk, "还有一件事"), (console, "我看"), (new, "新的问题")):
        assert place().open()["content"] == ""
        assert place().save(words + "\r\n第二行 ").status_code == 200
        found = place().open()
        assert (found["content"], found["revision"]) == (words + "\n第二行 ", 1)
    assert Draft.objects.count() == 3


def test_a_draft_keeps_whether_it_is_a_note_and_what_it_answers(console):
    console().save("他上周也问过", internal="true", based_on_seq="1")
    found = console().open()
    assert (found["internal"], found["based_on_seq"]) == (True, 1)


def test_an_employee_begins_no_note(desk):
    desk().save("x", internal="true")
    assert desk().open()["internal"] is False


def test_empty_words_delete_it(desk):
    page = desk()
    page.save("写了又删")
    assert page.save(" \n").json()["content"] == ""
    assert desk().open()["content"] == ""


def test_words_longer_than_a_message_are_not_kept(desk):
    page = desk()
    assert page.save("长" * 8000).status_code == 200
    refused = page.save("长" * 8001)
    assert (refused.status_code, refused.json()["error"]) == (422, "too_long")
    assert len(desk().open()["content"]) == 8000


def test_nul_is_kept_as_its_picture(desk):
    assert desk().save("a\0b").json()["content"] == "a␀b"


# The newest words win --------------------------------------------------------------------------------------------------
def test_a_late_saving_of_the_same_page_changes_nothing(desk):
    page = desk()
    late = page.request("打印")
    page.save("打印机")
    refused = page.post(late)
    assert (refused.status_code, refused.json()["error"]) == (409, "stale")
    assert refused.json()["draft"]["content"] == "打印机"
    assert desk().open()["content"] == "打印机"


def test_a_page_whose_answer_was_lost_goes_on(desk):
    page = desk()
    page.post(page.request("打印"))  # its answer never came: the page still knows revision 0
    assert page.save("打印机").status_code == 200
    assert desk().open()["content"] == "打印机"


def test_a_page_that_knows_an_older_revision_is_told_the_newer_words(desk):
    phone, computer = desk(), desk()
    phone.save("手机上写的")
    refused = computer.save("电脑上写的")
    assert (refused.status_code, refused.json()["draft"]["content"]) == (409, "手机上写的")
    computer.open()
    assert computer.save("电脑上写的").status_code == 200  # typed later, knowing what the phone wrote
    assert phone.save("手机又写").status_code == 409
    assert desk().open()["content"] == "电脑上写的"


# Sent is over ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["desk", "console", "new"])
def test_sending_empties_the_draft(place, request, conversation):
    page = request.getfixturevalue(place)()
    more = {"draft_new": "true"} if place == "new" else {"conversation_id": str(conversation.pk)}
    page.save("写好了")
    assert page.send("写好了", **more).status_code == 201
    assert request.getfixturevalue(place)().open()["content"] == ""


@pytest.mark.parametrize("saved_before", [True, False])
def test_a_saving_that_comes_after_the_sending_brings_nothing_back(desk, conversation, saved_before):
    page = desk()
    if saved_before:
        page.save("写")
    late, again = page.request("写好"), page.request("写好了")
    assert page.send("写好了", conversation_id=conversation.pk).status_code == 201
    assert [page.post(each).status_code for each in (late, again, again)] == [409, 409, 409]
    assert desk().open()["content"] == ""


def test_a_saving_that_overtook_the_sending_goes_with_it(desk, conversation):
    page = desk()
    page.save("写")
    message = page.request("写好"), page.message("写好了", conversation_id=conversation.pk)
    page.post(message[0])  # its answer comes after the key that sends: the message names the older revision
    assert page.client.post(page.send_to, message[1]).status_code == 201
    assert desk().open()["content"] == ""


def test_what_was_taken_over_from_another_device_is_over_too(desk, conversation):
    phone, computer = desk(), desk()
    phone.save("手机上写的")
    computer.open()
    late = computer.request("手机上写的，加一句")
    computer.send("手机上写的，加一句", conversation_id=conversation.pk)
    assert computer.post(late).status_code == 409
    assert phone.save("手机上写的").status_code == 409
    assert desk().open()["content"] == ""


def test_a_message_of_another_device_leaves_newer_words_alone(desk, conversation):
    phone, computer = desk(), desk()
    phone.save("手机上写的")
    computer.open()
    phone.save("手机上写的，又加一句")
    computer.send("手机上写的", conversation_id=conversation.pk)
    assert desk().open()["content"] == "手机上写的，又加一句"


def test_the_same_message_again_leaves_the_next_draft_alone(desk, conversation):
    page = desk()
    page.save("第一句")
    message = page.message("第一句", conversation_id=conversation.pk)
    page.client.post(page.send_to, message)
    page.open()
    page.save("第二句")
    assert page.client.post(page.send_to, message).status_code == 200
    assert desk().open()["content"] == "第二句"


def test_a_message_that_is_refused_leaves_its_draft(console, zhangwei, conversation):
    page = console()
    page.save("好的")
    say(zhangwei, "等等", conversation_id=conversation.pk)
    assert page.send("好的", based_on_seq=1).status_code == 409
    assert console().open()["content"] == "好的"


@pytest.mark.parametrize(
    "named",
    [{"draft_id": "x"}, {"draft_revision": "-1"}, {"draft_revision": "9" * 30}, {"draft_new": "maybe"}],
)
def test_a_draft_named_in_nonsense_does_not_hold_up_the_message(desk, conversation, named):
    assert desk().send("照样发", conversation_id=conversation.pk, **named).status_code == 201


def test_a_message_that_names_no_draft_asks_nothing_of_drafts(
    zhangwei, wangqiang, conversation, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60) as asked:
        say(zhangwei, conversation_id=conversation.pk)
        answer(wangqiang, conversation)
    assert not any("draft" in each["sql"] for each in asked.captured_queries)


# Whose it is -----------------------------------------------------------------------------------------------------------
def test_it_is_its_authors_alone(console, liyang, zhangwei, conversation):
    console().save("他是不是又忘了密码", internal="true")
    colleague = console(liyang)
    assert colleague.open()["content"] == ""
    assert colleague.client.get("/agent/drafts").json() == {"drafts": []}
    employee = Writer(zhangwei, f"/itdesk/c/{conversation.pk}/draft", "")
    assert employee.open()["content"] == ""
    assert colleague.save("我的").status_code == 200
    assert console().open()["content"] == "他是不是又忘了密码"


def test_a_strangers_request_and_an_absent_one_look_the_same(desk, lina, conversation):
    stranger = desk(lina)
    told = {stranger.save("x").content, stranger.client.get(stranger.place).content}
    stranger.place = f"/itdesk/c/{uuid.uuid4()}/draft"
    told |= {stranger.save("x").content, stranger.client.get(stranger.place).content}
    assert len(told) == 1
    assert not Draft.objects.exists()


def test_an_agents_own_request_is_not_among_the_agents_drafts(wangqiang):
    own = say(wangqiang).conversation
    page = Writer(wangqiang, f"/agent/conversations/{own.pk}/draft", "")
    assert page.save("x").status_code == 404
    page.place = f"/itdesk/c/{own.pk}/draft"
    assert page.save("我自己的").status_code == 200
    assert page.client.get("/agent/drafts").json() == {"drafts": []}


def test_the_list_tells_beginnings_of_what_says_something(console, zhangwei, wangqiang, liyang, conversation):
    other = say(zhangwei, new_topic=True).conversation
    console().save("第一行\n第二行", internal="true")
    page = Writer(wangqiang, f"/agent/conversations/{other.pk}/draft", "")
    page.save("写了")
    page.save("")
    lifecycle.claim(conversation.pk, by=liyang)
    found = page.client.get("/agent/drafts").json()["drafts"]
    assert [(each["conversation_id"], each["line"], each["internal"]) for each in found] == [
        (str(conversation.pk), "第一行 第二行", True)
    ]
    assert "content" not in found[0]


def test_a_role_that_is_gone_reads_and_keeps_no_drafts(console, wangqiang):
    page = console()
    page.save("写了一半")
    roles.revoke(wangqiang, "agent", channel="command")
    assert page.save("还想写").status_code == 403
    assert page.client.get(page.place).status_code == 403
    roles.grant(wangqiang, "agent", channel="command")
    assert console().open()["content"] == "写了一半"


def test_savings_have_a_limit_of_their_own(desk, conversation, settings):
    settings.RATE_DRAFT, settings.RATE_SEND = "2/13m", "1/13m"
    page = desk()
    assert [page.save(words).status_code for words in "一二三"] == [200, 200, 429]
    assert page.send("还能发", conversation_id=conversation.pk).status_code == 201


# Races -----------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_ten_pages_that_save_at_once_one_is_kept_and_the_others_are_told(desk):
    pages = [desk() for _ in range(10)]
    codes = at_once(*[lambda page=page: page.save("同时写的").status_code for page in pages])
    assert sorted(codes) == [200] + [409] * 9
    assert Draft.objects.get().revision == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("saved_before", [True, False])
def test_a_saving_and_the_sending_at_once_leave_nothing(desk, conversation, saved_before):
    for number in range(8):
        page = desk()
        page.open()
        if saved_before:
            page.save("写")
        late, message = page.request("写好"), page.message(f"写好了 {number}", conversation_id=conversation.pk)
        other = Client(headers=JSON)
        other.cookies = page.client.cookies
        codes = at_once(
            lambda page=page, late=late: page.post(late).status_code,
            lambda page=page, message=message, other=other: other.post(page.send_to, message).status_code,
        )
        assert codes in ([200, 201], [409, 201])
        assert desk().open()["content"] == ""
        if not saved_before:
            Draft.objects.all().delete()
    assert Message.objects.filter(content__startswith="写好了").count() == 8
