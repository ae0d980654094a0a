"""Who looks and who writes: leases of pages, told from process to process, shown to agents and to nobody else."""

import json

import pytest

from conversations import broadcast, presence
from conversations.presence import GATHER, LEASE, WRITING, Presence

TALK, OTHER = "talk", "other"
EMPLOYEE = 1


class Clock:
    """A loop whose time passes when a test says so; `presence` needs no more of one."""

    def __init__(self):
        self.now, self.calls = 1000.0, []

    def time(self):
        return self.now

    def call_at(self, when, call):
        handle = Handle(when, call)
        self.calls.append(handle)
        return handle

    def passes(self, seconds):
        end = self.now + seconds
        while due := sorted((each for each in self.calls if each.at <= end), key=Handle.when):
            self.now = max(self.now, due[0].at)
            self.calls.remove(due[0])
            due[0].call()
        self.now = end


class Handle:
    def __init__(self, at, call):
        self.at, self.call = at, call

    def when(self):
        return self.at

    def cancel(self):
        self.call = lambda: None


class Page:
    """An agent's socket. `people(conversation)`: what it believes, by all that it was offered."""

    def __init__(self, user_id, name=""):
        self.user_id, self.name, self.frames = user_id, name or f"agent {user_id}", []

    def offer(self, text):
        self.frames.append(json.loads(text))

    def people(self, conversation_id=TALK):
        told = {each["conversation_id"]: each["people"] for frame in self.frames for each in frame["conversations"]}
        return {person["name"]: person["state"] for person in told.get(conversation_id, [])}


class House:
    """Some processes on one clock and one layer, which a test may take down."""

    def __init__(self, monkeypatch):
        self.clock, self.processes, self.carries, self.sent = Clock(), [], True, 0
        monkeypatch.setattr(broadcast.outbound, "put", self.put)

    def put(self, events):
        for event in events:
            told = json.loads(json.dumps(event))["presence"]
            self.sent += 1
            for process in self.processes if self.carries else ():
                process.heard(told)

    def process(self, *pages):
        made = Presence(self.clock, lambda: pages)
        self.processes.append(made)
        made.subscribed()
        return made

    def passes(self, seconds):
        self.clock.passes(seconds)


@pytest.fixture
def house(monkeypatch):
    return House(monkeypatch)


def stays(house, process, page, seconds, conversation_id=TALK):
    """The page renews its lease every ten seconds, as ours does."""
    for _ in range(int(seconds // 10)):
        process.look(page, conversation_id, EMPLOYEE)
        house.passes(10)


def test_a_colleague_is_seen_at_once_and_gone_at_once(house):
    wang, li = Page(2, "王强"), Page(3, "李洋")
    process = house.process(wang, li)
    process.look(wang, TALK, EMPLOYEE)
    house.passes(0.2)
    assert li.people() == {"王强": "viewing"}
    process.leave(wang, TALK)
    house.passes(0.2)
    assert li.people() == {}


def test_nobody_is_told_of_themselves_and_no_employee_of_their_own_request(house):
    wang, li, asker = Page(2), Page(3), Page(EMPLOYEE)
    process = house.process(wang, li, asker)
    process.look(wang, TALK, EMPLOYEE)
    house.passes(1)
    assert (len(wang.frames), len(asker.frames), len(li.frames)) == (0, 0, 1)
    latecomer = Page(EMPLOYEE)
    process.greet(latecomer)
    assert latecomer.frames == []


def test_two_pages_of_one_colleague_count_once(house):
    wang, again, li = Page(2, "王强"), Page(2, "王强"), Page(3)
    process = house.process(wang, again, li)
    process.write(wang, TALK, EMPLOYEE)
    process.look(again, TALK, EMPLOYEE)
    house.passes(1)
    assert li.people() == {"王强": "writing"}
    process.leave(wang)
    house.passes(1)
    assert li.people() == {"王强": "viewing"}
    process.leave(again)
    house.passes(1)
    assert li.people() == {}


def test_writing_ends_by_itself_and_at_once_when_it_is_said(house):
    wang, li = Page(2, "王强"), Page(3)
    process = house.process(wang, li)
    process.write(wang, TALK, EMPLOYEE)
    house.passes(WRITING - 1)
    assert li.people() == {"王强": "writing"}
    house.passes(2.5)
    assert li.people() == {"王强": "viewing"}
    process.write(wang, TALK, EMPLOYEE)
    house.passes(1)
    process.rest(wang, TALK)
    house.passes(GATHER)
    assert li.people() == {"王强": "viewing"}


def test_a_page_that_says_nothing_more_is_forgotten_within_thirty_seconds(house):
    wang, li = Page(2, "王强"), Page(3)
    process = house.process(wang, li)
    stays(house, process, wang, 60)
    assert li.people() == {"王强": "viewing"}
    house.passes(LEASE - 11)
    assert li.people() == {"王强": "viewing"}
    house.passes(30 - (LEASE - 11) - 10)
    assert li.people() == {}


def test_a_colleague_at_another_process_is_seen_and_forgotten_when_that_process_is_killed(house):
    li, wang = Page(3), Page(2, "王强")
    house.process(li)
    there = house.process(wang)
    stays(house, there, wang, 60)
    assert li.people() == {"王强": "viewing"}
    house.processes.remove(there)
    house.clock.calls = [each for each in house.clock.calls if each.call.__self__ is not there]
    house.passes(30)
    assert li.people() == {}


def test_a_lost_table_is_made_good_by_the_next(house):
    li, wang = Page(3), Page(2, "王强")
    house.process(li)
    there = house.process(wang)
    house.carries = False
    there.look(wang, TALK, EMPLOYEE)
    house.passes(1)
    assert li.people() == {}
    house.carries = True
    stays(house, there, wang, 10)
    assert li.people() == {"王强": "viewing"}
    house.carries = False
    there.leave(wang)
    house.passes(30)
    assert li.people() == {}


def test_a_process_that_begins_is_told_what_the_others_know(house):
    wang, li = Page(2, "王强"), Page(3)
    house.process(wang).look(wang, TALK, EMPLOYEE)
    house.passes(1)
    house.process(li)
    house.passes(0.5)
    assert li.people() == {"王强": "viewing"}


def test_a_page_that_comes_late_is_greeted_with_all_there_is(house):
    wang, li = Page(2, "王强"), Page(3, "李洋")
    process = house.process(wang, li)
    process.look(wang, TALK, EMPLOYEE)
    process.write(li, OTHER, EMPLOYEE)
    house.passes(1)
    late = Page(4)
    process.greet(late)
    assert (late.people(TALK), late.people(OTHER)) == ({"王强": "viewing"}, {"李洋": "writing"})


def test_stepping_through_the_list_is_no_news_and_neither_is_a_renewal(house):
    wang, li = Page(2, "王强"), Page(3)
    process = house.process(wang, li)
    for number in range(10):
        process.look(wang, f"passed {number}", EMPLOYEE)
        house.passes(GATHER / 2)
        process.leave(wang, f"passed {number}")
        house.passes(GATHER)
    process.look(wang, TALK, EMPLOYEE)
    stays(house, process, wang, 100)
    assert len(li.frames) == 1
    assert house.sent < 20


def test_a_table_in_other_words_is_skipped(house):
    li, wang = Page(3), Page(2, "王强")
    process = house.process(li, wang)
    for told in ({}, None, [], {"process": "x"}, {"process": "x", "leases": [[1]]}, {"process": "x", "leases": 5}):
        process.heard(told)
    process.heard({"process": "x", "leases": [[TALK, EMPLOYEE, 9, "很久", 10**9, 10**9]]})
    process.look(wang, TALK, EMPLOYEE)
    house.passes(1)
    assert li.people() == {"王强": "viewing", "很久": "writing"}
    process.leave(wang)
    house.passes(30)
    assert li.people() == {}


def test_the_timer_rests_when_nobody_is_anywhere(house):
    wang = Page(2)
    process = house.process(wang)
    process.look(wang, TALK, EMPLOYEE)
    house.passes(5)
    process.leave(wang)
    house.passes(5)
    assert house.clock.calls == []
    assert presence.scenes([], 0) == {}
