"""The final read: everything that is stored, by HTTP, as both sides may read it, and what lies on the phones."""

import asyncio
import hashlib
import re

from .feed import TOKEN, token_of
from .people import AGENTS, reading_address
from .record import Stored
from .wire import Broken

CARD = re.compile(rf"(?P<count>\d+) 条新消息|(?P<token>{TOKEN.pattern})")
TRIES, PAUSE = 20, 0.5  # seconds


async def stored(room, agent, employee):
    """→ {"agents": [Stored], "employee": [Stored]} of one conversation."""
    found = {}
    for audience, reader in (("agents", agent), ("employee", employee)):
        path, query = reading_address(audience, room.id)
        found[audience] = [await _stored(reader, each) for each in await _everything(reader, path, **query)]
    return found


async def cards(employee):
    """→ [token of the last line, number of messages that it tells of] for each card on this person's phone."""
    answer = await patiently(employee, f"/wecom/simulator/phone/{employee.userid}/chat")
    assert answer.ok, answer.status
    return cards_in(answer.body.decode())


def cards_in(page):
    """A burst is one card, which says how many it tells of above the last line."""
    found, count = [], 1
    for each in CARD.finditer(page):
        if each["count"]:
            count = int(each["count"])
        else:
            found.append([each["token"], count])
            count = 1
    return found


async def _everything(reader, path, **query):
    found, after = [], 0
    while True:
        answer = await patiently(reader, path, **query, after=after)
        assert answer.ok, (answer.status, answer.body[:300])
        page = answer.json()
        found += page["messages"]
        if not page["has_more"]:
            return found
        after = found[-1]["seq"]


async def _stored(reader, message):
    files = []
    for each in message["attachments"] if reader.userid in AGENTS else ():
        answer = await patiently(reader, each["url"])
        files.append(hashlib.sha256(answer.body).hexdigest() if answer.ok else f"{answer.status}")
    kept = {name: message[name] for name in ("id", "seq", "prev_seq", "client_id", "sender_type", "internal")}
    return Stored(**kept, token=token_of(message["content"]), files=files)


async def patiently(reader, path, **query):
    """The last answer of some tries: the network is fair by now, but a server may just be coming back."""
    for left in reversed(range(TRIES)):
        try:
            answer = await reader.get(path, **query)
        except Broken:
            if not left:
                raise
        else:
            if answer.status < 500 or not left:
                return answer
        await asyncio.sleep(PAUSE)
