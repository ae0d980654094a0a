"""What nobody hears is not rendered, and nobody goes without because of it."""

import json
from types import SimpleNamespace

import pytest
from django.conf import settings

from conversations import broadcast, hearing, hub, presentation
from conversations.hearing import GOOD_FOR, LANGUAGES, Hearing, text_for

from .test_sockets import answer, say


def page(audience="agents", language="en"):
    return SimpleNamespace(audience=audience, language=language)


@pytest.fixture
def rendered(monkeypatch):
    """What was rendered, as (audience, language), in order."""
    from django.utils.translation import get_language

    made, real = [], presentation.message_html

    def noted(message, audience):
        made.append((audience, get_language()))
        return real(message, audience)

    monkeypatch.setattr(presentation, "message_html", noted)
    return made


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_a_message_is_rendered_once_for_each_audience_and_language_that_listens(
    opened,  # noqa: F811
    zhangwei,
    wangqiang,
    liyang,
    rendered,
    monkeypatch,
):
    monkeypatch.setattr(settings, "REDIS_URL", "")
    monkeypatch.setattr(broadcast, "hearing", fresh := Hearing())
    monkeypatch.setattr(hub, "hearing", fresh)
    await say(zhangwei)
    assert rendered == []
    pages = [await opened("/ws/agent/", wangqiang), await opened("/ws/agent/", liyang)]
    message = await say(zhangwei)
    assert rendered == [("agents", "zh-hans")]
    pages.append(await opened("/ws/agent/", liyang, accept_language="en"))
    pages.append(await opened("/ws/desk/", zhangwei))
    rendered.clear()
    await answer(wangqiang, message, "备注", internal=True)
    assert rendered == [("agents", "zh-hans"), ("agents", "en")]
    for each in pages[:3]:
        await each.frame("new_message")


@pytest.fixture
def several_processes(monkeypatch):
    """Redis is there, and a clock that the test moves."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1/0")
    monkeypatch.setattr(hearing, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_process_without_pages_renders_every_language(several_processes):
    assert list(Hearing().languages("agents")) == list(LANGUAGES)


def test_what_other_processes_hear_is_rendered_and_runs_out(several_processes):
    here, there = Hearing(), Hearing()
    here.begin()
    assert list(here.languages("agents")) == list(LANGUAGES)  # nobody has had the time to say it
    several_processes.now += GOOD_FOR
    assert here.languages("agents") == ["zh-hans"]
    assert there.arrive(page())
    assert not there.arrive(page())
    here.heard(json.loads(json.dumps(there.frame())))
    assert here.languages("agents") == ["zh-hans", "en"]
    assert here.languages("employee") == ["zh-hans"]
    several_processes.now += GOOD_FOR
    here.heard({"process": "a third", "kinds": []})
    assert here.languages("agents") == ["zh-hans"]


def test_the_last_page_of_a_language_takes_it_along():
    one = Hearing()
    one.arrive(page())
    one.arrive(page())
    one.leave(page())
    assert one.frame()["kinds"] == [["agents", "en"]]
    one.leave(page())
    assert one.frame()["kinds"] == []


def test_a_listener_too_new_to_be_known_hears_another_language_and_not_nothing():
    assert text_for("en", {"zh-hans": "中文"}) == "中文"
    assert text_for("en", {"zh-hans": "中文", "en": "English"}) == "English"


@pytest.mark.parametrize("told", [{}, {"process": "x"}, {"process": "x", "kinds": None}, {"process": [], "kinds": []}])
def test_what_another_build_says_in_another_way_is_skipped(told):
    Hearing().heard(told)  # raising would throw away the frames of the same event and end the reader
