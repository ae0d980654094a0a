"""Solved, not solved, how it was, please hurry: each counts once, and speaks of the resolution that it was shown with."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conversations import errors
from conversations.commands import feedback, lifecycle, messages
from conversations.errors import NotFound, Refused
from conversations.models import Conversation, Event, Feedback
from conversations.queries import inbox, queue
from conversations.queries.feedback import asks_rating, urge_wait
from jobs.models import Job

from .test_post_message import at_once

Score, Verdict = Feedback.Score, Feedback.Verdict

pytestmark = pytest.mark.django_db


def ask(author, content="打印机连不上了"):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), new_topic=True)[0].conversation


def answer(author, conversation):
    return messages.post_reply(
        author=author, conversation_id=conversation.pk, content="请重启", client_id=uuid.uuid4()
    )[0]


@pytest.fixture
def solved(zhangwei, wangqiang):
    """zhangwei's request, which wangqiang took and resolved."""
    conversation = ask(zhangwei)
    lifecycle.claim(conversation.pk, by=wangqiang)
    return lifecycle.resolve(conversation.pk, by=wangqiang)


def kinds(conversation):
    return list(conversation.events.order_by("id").values_list("kind", flat=True))


def later(monkeypatch, **time):
    """Everything that asks for the time is told a later one."""
    moment = timezone.now() + timedelta(**time)
    monkeypatch.setattr(timezone, "now", lambda: moment)


# Solved ---------------------------------------------------------------------------------------------------------------


def test_it_keeps_that_the_employee_calls_it_solved(solved, zhangwei, wangqiang):
    present = feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    assert (present.status, present.version) == ("resolved", solved.version + 1)
    said = present.feedback
    assert (said.verdict, said.agent, said.score) == (Verdict.SOLVED, wangqiang, None)
    assert kinds(solved)[-1] == "resolution.confirmed"


def test_saying_it_twice_changes_nothing_more(solved, zhangwei):
    first = feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    again = feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    assert again.version == first.version
    assert kinds(solved).count("resolution.confirmed") == 1


def test_nobody_else_says_it(solved, lina, wangqiang):
    for stranger in (lina, wangqiang):
        for verb in (feedback.confirm_solved, feedback.say_unsolved, feedback.rate):
            with pytest.raises(NotFound):
                verb(solved.pk, by=stranger, epoch=solved.epoch)
        with pytest.raises(NotFound):
            feedback.urge(solved.pk, by=stranger)
    assert not Feedback.objects.exists()


# Not solved -----------------------------------------------------------------------------------------------------------


def test_not_solved_puts_it_back_into_the_queue_in_the_same_tap(solved, zhangwei):
    present = feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
    assert (present.status, present.assigned_agent, present.resolved_at) == ("queued", None, None)
    assert present.waiting_since
    assert present.epoch == solved.epoch + 1
    assert queue.position(present) == 1
    assert present.messages.last().notice == "denied"
    assert kinds(solved)[-2:] == ["resolution.denied", "conversation.reopened"]


def test_not_solved_may_follow_solved_when_the_trouble_comes_again(solved, zhangwei):
    feedback.confirm_solved(solved.pk, by=zhangwei, epoch=solved.epoch)
    assert feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch).status == "queued"
    assert Feedback.objects.get().verdict == Verdict.UNSOLVED


def test_a_repeated_not_solved_does_not_take_it_from_who_has_it_since(solved, zhangwei, liyang):
    feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
    lifecycle.claim(solved.pk, by=liyang)
    present = feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
    assert (present.status, present.assigned_agent) == ("assigned", liyang)
    assert kinds(solved).count("resolution.denied") == 1


@pytest.mark.parametrize("say", ["confirm_solved", "say_unsolved", "rate"])
def test_an_old_page_says_nothing_about_a_newer_resolution(solved, zhangwei, liyang, say):
    feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
    lifecycle.claim(solved.pk, by=liyang)
    newer = lifecycle.resolve(solved.pk, by=liyang)
    more = {"score": Score.BAD} if say == "rate" else {}
    if say == "say_unsolved":  # said already of that one: the present state, and no change
        present = feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
        assert (present.status, present.version) == ("resolved", newer.version)
    else:
        with pytest.raises(Refused) as refused:
            getattr(feedback, say)(solved.pk, by=zhangwei, epoch=solved.epoch, **more)
        assert (refused.value.code, refused.value.status) == ("over", 409)
    assert newer.feedback is None


@pytest.mark.parametrize("epoch", [0, 99])
def test_an_epoch_that_never_was_is_refused_and_leaves_nothing(solved, zhangwei, epoch):
    with pytest.raises(Refused):
        feedback.say_unsolved(solved.pk, by=zhangwei, epoch=epoch)
    assert not Feedback.objects.exists()


# The rating -----------------------------------------------------------------------------------------------------------


def rate(conversation, by, **more):
    return feedback.rate(conversation.pk, by=by, epoch=conversation.epoch, **more)


def test_it_keeps_one_rating_for_one_resolution(solved, zhangwei):
    rate(solved, zhangwei, score=Score.GOOD)
    once = rate(solved, zhangwei, score=Score.GOOD)
    said = Feedback.objects.get()
    assert (said.score, said.score_name) == (Score.GOOD, "good")
    assert once.version == solved.version + 1
    assert kinds(solved).count("resolution.rated") == 1


def test_the_rating_may_be_changed_for_ten_minutes(solved, zhangwei, monkeypatch):
    rate(solved, zhangwei, score=Score.GOOD)
    first = Feedback.objects.get().rated_at
    later(monkeypatch, minutes=9)
    rate(solved, zhangwei, score=Score.BAD, words="  还要\n再等 ")
    said = Feedback.objects.get()
    assert (said.score, said.words, said.rated_at) == (Score.BAD, "还要 再等", first)
    later(monkeypatch, minutes=2)
    with pytest.raises(Refused) as refused:
        rate(solved, zhangwei, score=Score.GOOD)
    assert refused.value.code == "too_late"
    assert rate(solved, zhangwei, score=Score.BAD).feedback.score == Score.BAD  # a repetition is no change


def test_a_second_tap_on_a_card_does_not_change_the_first(solved, zhangwei):
    rate(solved, zhangwei, score=Score.GOOD, may_change=False)
    rate(solved, zhangwei, score=Score.BAD, may_change=False)
    assert Feedback.objects.get().score == Score.GOOD


@pytest.mark.parametrize(
    "said",
    [
        {"score": 0},
        {"score": 4},
        {"words": "谢谢"},
        {},
        {"score": 3, "words": "长" * 301},
        {"score": 3, "words": "\ufffd"},
    ],
)
def test_it_refuses_what_is_no_rating(solved, zhangwei, said):
    with pytest.raises(Refused):
        rate(solved, zhangwei, **said)
    assert not Feedback.objects.exists()


def test_the_next_resolution_has_a_rating_of_its_own(solved, zhangwei, liyang):
    rate(solved, zhangwei, score=Score.BAD)
    feedback.say_unsolved(solved.pk, by=zhangwei, epoch=solved.epoch)
    lifecycle.claim(solved.pk, by=liyang)
    newer = lifecycle.resolve(solved.pk, by=liyang)
    rate(newer, zhangwei, score=Score.GOOD)
    scores = Feedback.objects.order_by("epoch").values_list("score", "agent__userid")
    assert list(scores) == [(1, "wangqiang"), (3, "liyang")]
    assert newer.feedback.score == Score.GOOD


def test_nobody_is_asked_for_a_second_rating_on_one_day(solved, zhangwei, wangqiang, monkeypatch):
    assert asks_rating(solved)
    rate(solved, zhangwei, score=Score.GOOD)
    other = lifecycle.resolve(ask(zhangwei, "鼠标坏了").pk, by=wangqiang)
    assert asks_rating(solved)
    assert not asks_rating(other)
    later(monkeypatch, hours=25)
    assert asks_rating(other)


# Urging ---------------------------------------------------------------------------------------------------------------


def test_urging_goes_before_all_who_wait_and_tells_its_owner(zhangwei, lina, wangqiang):
    first, second = ask(lina), ask(zhangwei)
    lifecycle.claim(second.pk, by=wangqiang)
    present = feedback.urge(second.pk, by=zhangwei)
    assert present.is_urged
    rows = inbox.inbox_page(wangqiang, "all").conversations
    assert [each.pk for each in rows] == [second.pk, first.pk]
    assert [job.args for job in Job.objects.filter(name="notify_agents", args__kind="urged")] == [
        {"conversation_id": str(second.pk), "kind": "urged", "about": str(present.version), "agents": None}
    ]
    line = present.messages.last()
    assert (line.sender_type, line.content, line.internal) == ("system", "已催一下，并提醒了 王强", False)
    assert kinds(second)[-1] == "conversation.urged"


def test_who_urged_stand_among_themselves_by_their_wait(zhangwei, lina, wangqiang):
    first, second, third = ask(lina), ask(zhangwei), ask(lina)
    feedback.urge(third.pk, by=lina)
    feedback.urge(second.pk, by=zhangwei)
    assert [queue.position(Conversation.objects.get(pk=each.pk)) for each in (second, third, first)] == [1, 2, 3]
    first_page = inbox.inbox_page(wangqiang, "waiting", limit=1)
    rest = inbox.inbox_page(wangqiang, "waiting", cursor=first_page.next_cursor)
    assert [each.pk for each in [*first_page.conversations, *rest.conversations]] == [second.pk, third.pk, first.pk]


def test_a_second_urge_is_refused_with_the_time_until_half_an_hour_has_passed(zhangwei, monkeypatch):
    conversation = ask(zhangwei)
    feedback.urge(conversation.pk, by=zhangwei)
    with pytest.raises(errors.TooSoon) as refused:
        feedback.urge(conversation.pk, by=zhangwei)
    assert timedelta(minutes=29) < refused.value.wait <= timedelta(minutes=30)
    assert timezone.localtime(refused.value.at).strftime("%H:%M") in refused.value.reason
    assert kinds(conversation).count("conversation.urged") == 1
    later(monkeypatch, minutes=31)
    feedback.urge(conversation.pk, by=zhangwei)
    assert kinds(conversation).count("conversation.urged") == 2


def test_a_clock_that_was_set_back_forbids_it_for_no_days(zhangwei, monkeypatch):
    conversation = ask(zhangwei)
    feedback.urge(conversation.pk, by=zhangwei)
    later(monkeypatch, minutes=-5)
    with pytest.raises(errors.TooSoon):
        feedback.urge(conversation.pk, by=zhangwei)
    later(monkeypatch, days=-3)
    assert urge_wait(Conversation.objects.get(pk=conversation.pk)) is None


def test_an_answer_ends_the_urging(zhangwei, wangqiang):
    conversation = ask(zhangwei)
    feedback.urge(conversation.pk, by=zhangwei)
    present = answer(wangqiang, conversation).conversation
    assert not present.is_urged
    assert present.order_at > timezone.now()
    again = messages.post_message(
        author=zhangwei, content="还是不行", client_id=uuid.uuid4(), conversation_id=conversation.pk
    )[0].conversation
    assert not again.is_urged


def test_the_urged_stay_before_all_others_when_nobody_has_answered_yet(zhangwei, wangqiang, liyang):
    conversation = ask(zhangwei)
    feedback.urge(conversation.pk, by=zhangwei)
    assert lifecycle.claim(conversation.pk, by=wangqiang).is_urged
    assert lifecycle.transfer(conversation.pk, by=wangqiang, to=liyang).is_urged
    assert lifecycle.release(conversation.pk, by=liyang).is_urged


def test_nobody_is_hurried_when_it_is_over(solved, zhangwei):
    with pytest.raises(Refused) as refused:
        feedback.urge(solved.pk, by=zhangwei)
    assert refused.value.code == "not_waiting"


# Races ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["confirm", "deny", "rate", "urge"])
def test_eight_taps_at_once_count_once(zhangwei, wangqiang, what):
    conversation = ask(zhangwei)
    lifecycle.claim(conversation.pk, by=wangqiang)
    if what != "urge":
        conversation = lifecycle.resolve(conversation.pk, by=wangqiang)
    resolution = {"by": zhangwei, "epoch": conversation.epoch}
    verbs = {
        "confirm": lambda: feedback.confirm_solved(conversation.pk, **resolution),
        "deny": lambda: feedback.say_unsolved(conversation.pk, **resolution),
        "rate": lambda: feedback.rate(conversation.pk, score=Score.GOOD, **resolution),
        "urge": lambda: feedback.urge(conversation.pk, by=zhangwei),
    }
    results = at_once(*[verbs[what]] * 8)
    done = [each for each in results if isinstance(each, Conversation)]
    assert len(done) == (1 if what == "urge" else 8), results
    kind = {"confirm": "resolution.confirmed", "deny": "resolution.denied", "rate": "resolution.rated"}
    assert Event.objects.filter(kind=kind.get(what, "conversation.urged")).count() == 1
    assert Feedback.objects.count() == (0 if what == "urge" else 1)


@pytest.mark.django_db(transaction=True)
def test_solved_and_not_solved_at_once_end_in_one_truth(zhangwei, wangqiang):
    for number in range(6):
        conversation = ask(zhangwei, f"第 {number} 次")
        conversation = lifecycle.resolve(conversation.pk, by=wangqiang)
        said = {"by": zhangwei, "epoch": conversation.epoch}
        at_once(
            lambda pk=conversation.pk, said=said: feedback.confirm_solved(pk, **said),
            lambda pk=conversation.pk, said=said: feedback.say_unsolved(pk, **said),
        )
        # Whoever was first: after "not solved" nothing speaks of that resolution any more, so it has the last word.
        present = Conversation.objects.get(pk=conversation.pk)
        assert (present.status, present.feedbacks.get().verdict) == ("queued", Verdict.UNSOLVED)


@pytest.mark.django_db(transaction=True)
def test_an_urge_that_waited_for_the_lock_tells_the_owner_of_after_the_wait(zhangwei, wangqiang, liyang):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nothing waits for a row")
    conversation = ask(zhangwei)
    lifecycle.claim(conversation.pk, by=wangqiang)
    for _ in range(5):
        Conversation.objects.filter(pk=conversation.pk).update(urged_at=None)
        to = liyang if Conversation.objects.get(pk=conversation.pk).assigned_agent == wangqiang else wangqiang
        by = wangqiang if to == liyang else liyang
        at_once(
            lambda by=by, to=to: lifecycle.transfer(conversation.pk, by=by, to=to),
            lambda: feedback.urge(conversation.pk, by=zhangwei),
        )
        notices = list(conversation.messages.filter(notice__in=["transferred", "urged_owner"]).order_by("-seq")[:2])
        last, before = notices
        told = last if last.notice == "urged_owner" else before
        expected = to if last.notice == "urged_owner" else by
        assert told.facts["agent"] == expected.display_name
