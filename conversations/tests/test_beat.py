"""A beat to thousands leaves room for whoever sends in between."""

import asyncio

import pytest

from conversations import hub
from conversations.queries.watching import Numbers

PAGES = 500


class Listener:
    def __init__(self, heard):
        self.heard = heard

    def offer(self, text):
        self.heard.append(text)

    def pick(self, numbers):
        return {}


@pytest.mark.asyncio
async def test_others_get_their_turn_while_thousands_hear_the_beat(monkeypatch):
    heard, turns = [], []

    async def numbers(sockets):
        return Numbers({}, {})

    async def somebody_else():
        while len(heard) < PAGES:
            turns.append(len(heard))
            await asyncio.sleep(0)

    monkeypatch.setattr(hub, "_numbers_for", numbers)
    of_this_loop = hub.Hub(asyncio.get_running_loop())
    of_this_loop._sockets = {Listener(heard): set() for _ in range(PAGES)}
    await asyncio.gather(of_this_loop.beat_once(), somebody_else())
    assert len(heard) == PAGES
    assert len(set(turns)) >= PAGES // hub.BEATS_AT_ONCE - 1
