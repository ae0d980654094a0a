"""The checker goes red for each kind of fault, in histories that were made up for it, and stays green for a good one."""

import copy

import pytest

from . import record as records
from .checker import judge
from .feed import Feed, Line
from .final import cards_in
from .record import ACKED, OPEN, POSTPONED, REFUSED, Fault, PageRecord, Record, Sent, Shown, Stored
from .report import lines


def good():
    """Zhangwei asks (1), wangqiang notes something (2) and answers (3); yangfan is away and gets an answer (2)."""
    sent = [
        Sent("zhangwei", 1, "a", "c1", "#z1#", outcome=ACKED, id="m1", seq=1, acked=1, file="digest"),
        Sent("wangqiang", 1, "a", "c2", "#w1#", internal=True, outcome=ACKED, id="m2", seq=2, acked=2),
        Sent("wangqiang", 2, "a", "c3", "#w2#", outcome=ACKED, id="m3", seq=3, acked=3),
        Sent("wangqiang", 3, "b", "c5", "#w3#", away="yangfan", outcome=ACKED, id="m5", seq=2, acked=4),
        Sent("wangqiang", 4, "b", "c6", "#w4#", outcome=REFUSED),
        Sent("yangfan", 1, "b", "c4", "#y1#", outcome=ACKED, id="m4", seq=1, acked=1),
    ]
    first = Stored("m1", 1, 0, "c1", "employee", "#z1#", files=["digest"])
    note = Stored("m2", 2, 1, "c2", "agent", "#w1#", internal=True)
    asked = Stored("m4", 1, 0, "c4", "employee", "#y1#")
    told = Stored("m5", 2, 1, "c5", "agent", "#w3#")
    rooms = {
        "a": {
            "agents": [first, note, Stored("m3", 3, 2, "c3", "agent", "#w2#")],
            "employee": [copy.copy(first), Stored("m3", 3, 1, "c3", "agent", "#w2#")],
        },
        "b": {"agents": [asked, told], "employee": [copy.copy(asked), copy.copy(told)]},
    }
    desk = [Shown("m1", 1, "#z1#", 1.1), Shown("m3", 3, "#w2#", 3.1)]
    console = [Shown("m1", 1, "#z1#", 1.1), Shown("m2", 2, "#w1#", 2.1), Shown("m3", 3, "#w2#", 3.1)]
    pages = [PageRecord("zhangwei's desk", "employee", {"a": desk}), PageRecord("console", "agents", {"a": console})]
    return Record(
        7, "made up", sent, rooms, pages, {"yangfan": [["#w3#", 1]]}, quiet_at=10.0, must_answer=True, all_frames=True
    )


def test_a_good_history_is_good():
    verdict = judge(good(), patience=5)
    assert verdict.good, verdict
    assert "NOTHING LOST, NOTHING TWICE" in lines(good(), verdict)


def test_a_card_may_tell_of_a_burst():
    record = good()
    answer_twice(record, ("#w5#", 2))
    assert judge(record, patience=5).good
    page = "<p>王强 回复了您 · 2 条新消息</p><p>#ab-00001-0a0b0c#</p><p>王强 回复了您</p><p>#ab-00002-0a0b0c#</p>"
    assert cards_in(page) == [["#ab-00001-0a0b0c#", 2], ["#ab-00002-0a0b0c#", 1]]


def take_late_what_was_postponed(record):
    """Wangqiang was told that b is resolved; it was opened again, then a copy of the answer came out of the network."""
    record.sent[4].outcome = POSTPONED
    record.sent.append(Sent("wangqiang", 5, "b", "c9", "#w5#", outcome=ACKED, id="m9", seq=3, acked=5))
    for read in record.rooms["b"].values():
        read += [Stored("m9", 3, 2, "c9", "agent", "#w5#"), Stored("m6", 4, 3, "c6", "agent", "#w4#")]


def test_what_was_refused_because_of_a_state_may_be_taken_late_and_once():
    record = good()
    take_late_what_was_postponed(record)
    verdict = judge(record, patience=5)
    assert verdict.good, verdict


def stored(record, room="a"):
    return record.rooms[room]["agents"]


def page(record, name="zhangwei's desk"):
    return next(each.shown["a"] for each in record.pages if each.name == name)


def forget(record):
    for read in record.rooms["a"].values():
        read[:] = [each for each in read if each.id != "m3"]


def drop_the_file(record):
    stored(record)[0].files = []


def store_other_words(record):
    record.sent[0].token = "#other#"


def answer_with_another_number(record):
    record.sent[0].seq = 9


def make_a_note_public(record):
    record.sent[1].internal = False


def store_what_was_refused(record):
    stored(record, "b").append(Stored("m6", 3, 2, "c6", "agent", "#w4#"))


def take_twice_what_was_postponed(record):
    take_late_what_was_postponed(record)
    stored(record, "b").append(Stored("m7", 4, 3, "c6", "agent", "#w4#"))


def leave_out_what_came_late(record):
    take_late_what_was_postponed(record)
    record.pages.append(PageRecord("yangfan's desk", "employee", {"b": []}))


def invent(record):
    stored(record, "b").append(Stored("m7", 3, 2, "nobody's", "agent", "#ghost#"))


def store_twice(record):
    stored(record, "b").append(Stored("m8", 3, 2, "c5", "agent", "#w3#"))


def show_twice(record):
    page(record).append(Shown("m3", 3, "#w2#", 3.2))


def skip_a_number(record):
    stored(record)[2].seq = 5


def name_a_wrong_predecessor(record):
    record.rooms["a"]["employee"][1].prev_seq = 2


def overtake_oneself(record):
    record.sent[1].number, record.sent[2].number = 2, 1


def show_out_of_order(record):
    page(record).reverse()


def contradict(record):
    record.pages[0].contradictions.append("m1 1 is now m9 1")


def hide(record):
    page(record).pop()


def show_late(record):
    page(record)[1].at = 16.0


def leave_the_last_words_to_the_beat(record):
    record.sent[2].acked, page(record)[1].via = 11.0, "beat"


def tell_a_note(record):
    record.rooms["a"]["employee"].insert(1, copy.copy(stored(record)[1]))


def show_a_note(record):
    page(record).insert(1, Shown("m2", 2, "#w1#", 2.1))


def hear_a_stranger(record):
    record.pages[0].foreign.append("new_message of b")


def open_a_door(record):
    record.opened.append("lina read /itdesk/messages of zhangwei: 200")


def send_no_card(record):
    record.cards["yangfan"] = []


def send_two_cards(record):
    record.cards["yangfan"] *= 2


def answer_twice(record, *cards):
    """Yangfan gets a second answer (3)."""
    record.sent.append(Sent("wangqiang", 5, "b", "c7", "#w5#", away="yangfan", outcome=ACKED, id="m7", seq=3, acked=5))
    for read in record.rooms["b"].values():
        read.append(Stored("m7", 3, 2, "c7", "agent", "#w5#"))
    record.cards["yangfan"] = [list(each) for each in cards]


def tell_too_few(record):
    answer_twice(record, ("#w5#", 1))


def tell_one_again(record):
    answer_twice(record, ("#w3#", 1), ("#w5#", 2))


def leave_unsent(record):
    record.sent[4].outcome = OPEN


def fail_a_send(record):
    record.sent[0].failures.append(500)


def hold_up_a_send(record):
    record.sent[0].took = 9.0


def push_a_note(record):
    record.sent[3].internal = True


BROKEN = [
    (forget, "lost"), (drop_the_file, "lost"), (store_other_words, "lost"), (answer_with_another_number, "lost"),
    (make_a_note_public, "lost"), (store_what_was_refused, "phantom"), (invent, "phantom"),
    (take_twice_what_was_postponed, "duplicated"), (leave_out_what_came_late, "missing"),
    (store_twice, "duplicated"), (show_twice, "duplicated"), (skip_a_number, "out_of_order"),
    (name_a_wrong_predecessor, "out_of_order"), (overtake_oneself, "out_of_order"), (show_out_of_order, "out_of_order"),
    (contradict, "out_of_order"), (hide, "missing"), (show_late, "late"), (leave_the_last_words_to_the_beat, "late"),
    (tell_a_note, "leaked"),
    (show_a_note, "leaked"), (hear_a_stranger, "leaked"), (open_a_door, "leaked"), (push_a_note, "leaked"),
    (send_no_card, "unpushed"), (send_two_cards, "pushed_twice"),
    (tell_too_few, "unpushed"), (tell_one_again, "pushed_twice"), (leave_unsent, "unsent"),
    (fail_a_send, "failed"), (hold_up_a_send, "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "kind"), BROKEN, ids=[harm.__name__ for harm, _ in BROKEN])
def test_it_goes_red_for(harm, kind):
    record = good()
    harm(record)
    verdict = judge(record, patience=5)
    assert verdict.counts[kind] > 0, verdict
    assert "FAILED" in lines(record, verdict)


def test_a_kept_history_is_judged_again_as_it_was(tmp_path):
    record = good()
    record.faults.append(Fault("kill_web", 1.0, 2.0))
    hide(record)
    record.write(tmp_path)
    again = records.read(tmp_path)
    assert again == record
    assert judge(again).counts == judge(record).counts


def line(seq, prev_seq):
    return Line(f"m{seq}", seq, prev_seq, f"c{seq}", f"#{seq}#", version=seq)


def test_a_page_knows_by_prev_seq_that_it_missed_something():
    feed = Feed(lambda: 0.0)
    feed.begin_at_nothing()
    feed.place(line(1, 0), "frame")
    feed.place(line(4, 3), "frame")
    assert feed.has_gap
    assert feed.end == 1
    feed.place(line(3, 1), "gap")
    assert not feed.has_gap
    assert feed.end == 4
    assert [each.seq for each in feed.shown] == [1, 3, 4]


def test_a_page_shows_a_message_once_however_often_it_comes():
    feed = Feed(lambda: 0.0)
    for _ in range(3):
        feed.place(line(1, 0), "frame")
    assert [each.seq for each in feed.shown] == [1]
    feed.place(Line("another", 1, 0, "c9", "#9#", 1), "frame")
    assert feed.contradictions
