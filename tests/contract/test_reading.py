"""`after`, `before`, `since`, and the chain of `prev_seq` that each audience can follow without a gap."""

import pytest

from .conftest import FRAGMENT, PAGE

pytestmark = pytest.mark.django_db


def seqs(answer):
    return [each["seq"] for each in answer.json()["messages"]]


@pytest.fixture
def talk(zhang, wang):
    """1 asks, 2 note, 3 claimed, 4 answer, 5 note, 6 asks on. → the conversation's id"""
    conversation = zhang.ask()
    wang.answer(conversation, "备注一", internal="true")
    wang.answer(conversation, "我来")
    wang.answer(conversation, "备注二", internal="true")
    zhang.say("谢谢", conversation_id=conversation)
    return conversation


@pytest.fixture
def long_talk(zhang):
    conversation = zhang.ask("1")
    for number in range(2, 121):
        zhang.say(str(number), conversation_id=conversation)
    return conversation


def test_each_audience_has_a_chain_of_its_own_without_gap(talk, zhang, wang):
    for answer, expected in ((zhang.at_desk(talk), [1, 3, 4, 6]), (wang.at_console(talk), [1, 2, 3, 4, 5, 6])):
        assert seqs(answer) == expected
        assert [each["prev_seq"] for each in answer.json()["messages"]] == [0, *expected[:-1]]


def test_after_gives_what_follows_oldest_first(talk, zhang, wang):
    assert seqs(zhang.at_desk(talk, after=1)) == [3, 4, 6]
    assert seqs(zhang.at_desk(talk, after=2)) == [3, 4, 6]  # a number that this audience never saw is as good
    assert seqs(zhang.at_desk(talk, after=6)) == []
    assert seqs(zhang.at_desk(talk, after=0)) == [1, 3, 4, 6]
    assert seqs(wang.at_console(talk, after=4)) == [5, 6]


def test_following_after_reaches_the_end_in_full_pages(long_talk, zhang, wang):
    for ask in (zhang.at_desk, wang.at_console):
        found, more = [], True
        while more:
            page = ask(long_talk, after=found[-1] if found else 0)
            found += seqs(page)
            more = page.json()["has_more"]
        assert found == list(range(1, 121))


def test_without_after_the_latest_page_comes_and_before_pages_back(long_talk, zhang, wang):
    for ask in (zhang.at_desk, wang.at_console):
        page = ask(long_talk)
        found = seqs(page)
        assert (found[-1], page.json()["has_more"]) == (120, True)
        while page.json()["has_more"]:
            page = ask(long_talk, before=found[0])
            assert seqs(page)[-1] == found[0] - 1
            found = seqs(page) + found
        assert found == list(range(1, 121))


def test_since_adds_older_messages_that_changed(talk, zhang, wang):
    for ask, older in ((zhang.at_desk, [3, 4]), (wang.at_console, [3, 4, 5])):
        # Nothing was edited here; a message's own birth is its last change, and that is what is found.
        assert seqs(ask(talk, after=6, since=1)) == older + [6]
        assert seqs(ask(talk, after=6, since=99)) == []


def test_more_changes_than_a_page_holds_come_alone_and_oldest_first(long_talk, zhang, wang):
    for ask in (zhang.at_desk, wang.at_console):
        found, since, more = [], 0, True
        while more:
            page = ask(long_talk, after=119, since=since).json()
            found += [message["seq"] for message in page["messages"]]
            since, more = max(message["version"] for message in page["messages"]), page["has_more"]
            assert not more or 120 not in found
        assert found == list(range(1, 121))


def test_a_fragment_is_the_same_page_as_bubbles(talk, long_talk, zhang, wang):
    for ask in (zhang.at_desk, wang.at_console):
        for conversation, more in ((talk, "false"), (long_talk, "true")):
            answer = ask(conversation, headers=FRAGMENT, after=0)
            assert answer.headers["X-Has-More"] == more
            ids = [each["client_id"] for each in ask(conversation, after=0).json()["messages"]]
            assert [part.split('"')[0] for part in answer.content.decode().split('<article id="message-')[1:]] == ids


@pytest.mark.parametrize("name", ["after", "before", "since"])
@pytest.mark.parametrize("value", ["-1", "x", "1.5", "9" * 30, "１"])
def test_a_number_that_is_none_is_refused(talk, zhang, wang, name, value):
    for ask in (zhang.at_desk, wang.at_console):
        answer = ask(talk, **{name: value})
        assert answer.status_code == 422
        assert answer.json()["reason"]


def test_a_note_changes_nothing_that_the_employee_can_see_but_the_next_number(zhang, wang):
    conversation = zhang.ask()
    looks = ("/itdesk/requests/", f"/itdesk/c/{conversation}/header")
    before = [zhang.get(path, headers=FRAGMENT).content for path in looks] + [zhang.at_desk(conversation).json()]
    assert wang.answer(conversation, "备注", internal="true").status_code == 201
    after = [zhang.get(path, headers=FRAGMENT).content for path in looks] + [zhang.at_desk(conversation).json()]
    assert before == after
    following = zhang.say("还在吗", conversation_id=conversation).json()
    assert (following["seq"], following["prev_seq"], following["version"]) == (3, 1, 2)


def test_what_is_unread_is_counted_without_the_request_on_screen(talk, zhang, li, wang):
    other = zhang.ask("另一件事")
    wang.answer(other, "备注", internal="true")
    wang.answer(other, "好了")
    assert zhang.get("/itdesk/unread").json() == {"unread": 4}  # a claim and an answer in each
    assert zhang.get("/itdesk/unread", {"conversation_id": talk}).json() == {"unread": 2}
    assert zhang.post(f"/itdesk/c/{other}/read", {"seq": 99}).json()["read_seq"] == 4
    assert zhang.get("/itdesk/unread", {"conversation_id": talk}).json() == {"unread": 0}
    assert b"data-unread hidden" in zhang.get("/itdesk/unread", {"conversation_id": talk}, headers=FRAGMENT).content
    assert li.get("/itdesk/unread", {"conversation_id": talk}).json() == {"unread": 0}
    assert zhang.get("/itdesk/unread", {"conversation_id": "x"}).json()["error"] == "bad_conversation_id"


@pytest.mark.parametrize(("shown", "theirs"), [(False, "0"), (True, "1")])
def test_a_page_begins_with_how_far_both_sides_have_read(zhang, wang, settings, shown, theirs):
    settings.EMPLOYEE_SEES_READ = shown
    conversation = zhang.ask()
    wang.answer(conversation, "备注", internal="true")
    zhang.post(f"/itdesk/c/{conversation}/read", {"seq": 1})
    wang.post(f"/agent/conversations/{conversation}/read", {"seq": 2})
    console = wang.get(f"/agent/conversations/{conversation}/", headers=FRAGMENT).content.decode()
    assert 'data-read-seq="2" data-seen-seq="1"' in console
    desk = zhang.get(f"/itdesk/c/{conversation}/", headers=PAGE).content.decode()
    assert f'data-read-seq="1" data-seen-seq="{theirs}"' in desk
