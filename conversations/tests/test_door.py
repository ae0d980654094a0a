"""Who comes in at the sockets' door, and that a crowd is asked about at once."""

import asyncio
import threading

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError

from accounts import sessions
from accounts.models import User
from conversations import door, hub
from conversations.door import AT_ONCE, Together

from .pages import Page

pytestmark = pytest.mark.asyncio


class Asking:
    """Answers each with its double; `go` lets a round end, `rounds` are the lists that were asked."""

    def __init__(self):
        self.rounds, self.go, self.fails = [], asyncio.Event(), False

    async def __call__(self, asked):
        self.rounds.append(asked)
        await self.go.wait()
        if self.fails:
            raise OperationalError("away")
        return [each * 2 for each in asked]


async def begun(*calls):
    """These calls as tasks that have got as far as they can."""
    tasks = [asyncio.ensure_future(each) for each in calls]
    for _ in range(10):
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_while_a_question_is_under_way_is_in_the_next():
    asking = Asking()
    together = Together(asking)
    first = await begun(together(1))
    crowd = await begun(*(together(each) for each in range(2, 6)))
    assert asking.rounds == [[1]]  # an answer that was asked for before they came is not for them
    asking.go.set()
    assert await asyncio.gather(*first, *crowd) == [2, 4, 6, 8, 10]
    assert asking.rounds == [[1], [2, 3, 4, 5]]


async def test_a_question_has_a_size():
    asking = Asking()
    together = Together(asking)
    crowd = await begun(*(together(each) for each in range(AT_ONCE * 2)))
    asking.go.set()
    assert await asyncio.gather(*crowd) == [each * 2 for each in range(AT_ONCE * 2)]
    assert max(map(len, asking.rounds)) == AT_ONCE


async def test_a_failure_is_told_to_all_it_is_about_and_to_nobody_later():
    asking = Asking()
    together = Together(asking)
    asking.fails = True
    crowd = await begun(together(1), together(2))
    asking.go.set()
    assert [type(each) for each in await asyncio.gather(*crowd, return_exceptions=True)] == [OperationalError] * 2
    asking.fails = False
    assert await together(3) == 6


async def test_who_leaves_meanwhile_takes_nobody_along():
    asking = Asking()
    together = Together(asking)
    leaving, staying = await begun(together(1), together(2))
    leaving.cancel()
    asking.go.set()
    assert await staying == 4


def counted(monkeypatch, name):
    """How many there were in each of these questions."""
    sizes, real = [], getattr(door, name)
    monkeypatch.setattr(door, name, lambda asked: sizes.append(len(asked)) or real(asked))
    return sizes


@pytest.mark.django_db(transaction=True)
async def test_a_crowd_costs_a_few_questions(opened, zhangwei, lina, monkeypatch):
    pages = [await database_sync_to_async(Page)("/ws/desk/", user) for user in (zhangwei, lina) * 4]
    claims, admissions = counted(monkeypatch, "_claims"), counted(monkeypatch, "_admissions")
    await asyncio.gather(*(page.open() for page in pages))
    hellos = await asyncio.gather(*(page.frame("hello") for page in pages))
    assert [each["user_id"] for each in hellos] == [zhangwei.pk, lina.pk] * 4
    assert sum(claims) == sum(admissions) == len(pages)
    assert len(claims) < len(pages) / 2
    assert len(admissions) < len(pages) / 2
    for page in pages:
        await page.socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_it_asks_in_a_thread_of_its_own():
    ours = await door.asked(threading.get_ident)
    assert ours != await database_sync_to_async(threading.get_ident)()
    assert ours != threading.get_ident()


@pytest.mark.django_db(transaction=True)
async def test_a_session_of_a_former_secret_key_is_let_in_and_kept(opened, zhangwei, settings):
    page = await database_sync_to_async(Page)("/ws/desk/", zhangwei)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    await page.open()
    assert await page.frame("hello")
    assert await database_sync_to_async(sessions.claims_of)([page.client.session.session_key])
    await page.socket.disconnect()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ended", ["epoch", "backend", "inactive"])
async def test_a_session_that_fits_no_longer_is_not_let_in(opened, zhangwei, settings, ended):
    page = await database_sync_to_async(Page)("/ws/desk/", zhangwei)
    if ended == "epoch":
        await User.objects.filter(pk=zhangwei.pk).aupdate(session_epoch=zhangwei.session_epoch + 1)
    elif ended == "inactive":
        await User.objects.filter(pk=zhangwei.pk).aupdate(is_active=False)
    else:
        settings.AUTHENTICATION_BACKENDS = ["accounts.backends.BreakGlassBackend"]
    await page.open()
    assert await page.closed() == 4401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cookie", [None, "", "x", "0" * 32, pytest.param("\x00", id="nul"), "a" * 4000])
async def test_a_made_up_session_is_nobodys(opened, cookie):
    page = await database_sync_to_async(Page)(
        "/ws/desk/", None, **({"cookie": f"sessionid={cookie}"} if cookie else {})
    )
    await page.open()
    assert await page.closed() == 4401


@pytest.mark.django_db(transaction=True)
async def test_a_made_up_key_fails_nobody_elses_question(zhangwei):
    page = await database_sync_to_async(Page)("/ws/desk/", zhangwei)
    key = page.client.session.session_key
    found = await database_sync_to_async(sessions.claims_of)(["\x00", "\ud800", key])
    assert {each: claim.user_id for each, claim in found.items()} == {key: zhangwei.pk}


@pytest.mark.django_db(transaction=True)
async def test_an_open_page_ends_with_what_its_session_hangs_on(opened, zhangwei):
    """The epoch alone: disabled and enabled again before anybody looked."""
    page = await opened("/ws/desk/", zhangwei)
    await page.frame("hello")
    await User.objects.filter(pk=zhangwei.pk).aupdate(session_epoch=zhangwei.session_epoch + 1)
    await hub.running()._look_again(hub.running().sockets_of(zhangwei.pk))
    assert await page.closed() == 4401
