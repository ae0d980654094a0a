"""What a page still has to hear: in order, bounded, and without a task for a page that keeps up."""

import asyncio

import pytest

from conversations.backlog import LIMIT, TOGETHER, Backlog, Bundle, bundles

pytestmark = pytest.mark.asyncio


class Page:
    """Hears by `send`, which waits while `slow`, and by a line that takes Bundles while it is not `behind`."""

    def __init__(self, with_line=True):
        self.heard, self.behind, self.ready = [], False, asyncio.Event()
        self.ready.set()
        self.backlog = Backlog(self.send, self.take if with_line else None)

    async def send(self, text):
        await self.ready.wait()
        self.heard.append(text)

    def take(self, bundle):
        if not self.behind:
            self.heard.extend(bundle.texts)
        return not self.behind


async def settled():
    for _ in range(LIMIT * 3):
        await asyncio.sleep(0)


async def test_what_came_early_is_heard_after_hello():
    for page in (Page(), Page(with_line=False)):
        assert page.backlog.put(Bundle("early"))
        await settled()
        assert page.heard == []
        assert page.backlog.open("hello")
        await settled()
        assert page.heard == ["hello", "early"]


async def test_a_page_that_keeps_up_hears_at_once_and_without_a_task():
    page = Page()
    page.backlog.open("hello")
    before = asyncio.all_tasks()
    page.backlog.put(Bundle("a", "b"))
    assert page.heard == ["hello", "a", "b"]
    assert asyncio.all_tasks() == before


async def test_nothing_passes_what_waits():
    page = Page()
    page.backlog.open("hello")
    page.behind = True
    page.ready.clear()
    page.backlog.put(Bundle("a", "b"))
    await settled()  # "a" is on its way, "b" waits
    page.behind = False
    page.backlog.put(Bundle("c"))
    assert page.heard == ["hello"]
    page.ready.set()
    await settled()
    page.backlog.put(Bundle("d"))
    assert page.heard == ["hello", "a", "b", "c", "d"]


async def test_a_page_too_far_behind_is_refused():
    page = Page()
    page.backlog.open("hello")
    page.behind = True
    page.ready.clear()
    taken = [page.backlog.put(Bundle("x")) for _ in range(LIMIT + 1)]
    assert taken == [True] * LIMIT + [False]


async def test_a_page_that_is_still_being_let_in_is_bounded_too():
    page = Page()
    assert [page.backlog.put(Bundle("x")) for _ in range(LIMIT + 1)] == [True] * LIMIT + [False]


async def test_a_page_that_has_gone_is_told_nothing_more():
    page = Page(with_line=False)

    async def gone(text):
        raise OSError("the page has gone")

    backlog = Backlog(gone)
    backlog.open("hello")
    await settled()
    assert backlog.put(Bundle("x"))
    page.backlog.open("hello")
    page.backlog.end()
    await settled()
    assert page.heard == []


async def test_a_frame_that_cannot_be_written_sends_its_page_away_and_none_follows():
    tried, lost = [], []

    async def broken(text):
        tried.append(text)
        raise RuntimeError("not like this")

    backlog = Backlog(broken, lost=lambda: lost.append(True))
    backlog.open("hello")
    backlog.put(Bundle("a"))
    await settled()
    assert (tried, lost) == (["hello"], [True])


async def test_many_frames_are_many_bundles():
    made = bundles([str(number) for number in range(TOGETHER + 1)])
    assert [len(each.texts) for each in made] == [TOGETHER, 1]
