"""A page's socket as the tests of every app open it: through the real application, hub and layer."""

import asyncio
import json
import uuid

import pytest_asyncio
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from conversations import broadcast, hub
from itdesk.asgi import application


class Page:
    """One signed-in page's socket. `frame()` waits for the next frame; `closed()` for the close code."""

    def __init__(self, path, user, **headers):
        self.client = Client()
        if user is not None:
            self.client.force_login(user, backend="accounts.backends.WecomBackend")
        cookies = "; ".join(f"{each.key}={each.value}" for each in self.client.cookies.values())
        sent = [(b"cookie", cookies.encode()), (b"host", b"testserver")]
        sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.socket = WebsocketCommunicator(application, path, headers=sent)

    async def open(self):
        connected, _ = await self.socket.connect()
        assert connected
        return self

    async def frame(self, kind=None):
        while True:
            frame = json.loads(await self.socket.receive_from(timeout=3))
            if kind is None or frame["type"] == kind:
                return frame

    async def closed(self):
        while True:
            event = await self.socket.receive_output(timeout=6)
            if event["type"] == "websocket.close":
                return event["code"]

    async def silent(self):
        return await self.socket.receive_nothing(timeout=0.2)

    async def send(self, **frame):
        await self.socket.send_to(text_data=json.dumps(frame, default=str))


@pytest_asyncio.fixture
async def opened(transactional_db):
    """`await opened("/ws/desk/", user, accept_language="en")`: a page that listens; closed after the test.

    On a hub that runs before anything is written, as on a server. A page hears nothing that was said before it opened.
    """
    pages = []
    await hub.running().ready()

    async def open_page(path, user, **headers):
        await all_passed_on()
        page = await (await database_sync_to_async(Page)(path, user, **headers)).open()
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        await page.socket.disconnect()


async def all_passed_on():
    """Wait until everything announced so far has reached this process.

    Through Redis that takes a moment, and a page that opens meanwhile still hears what was said before it came.
    """
    last, topic, topics = Last(), f"test.{uuid.uuid4()}", hub.running()._topics
    topics[topic].add(last)
    try:
        broadcast.hint(topic, {})
        async with asyncio.timeout(3):
            await last.heard.wait()
    finally:
        del topics[topic]


class Last:
    """Listens for one frame, and counts as nobody's page."""

    user_id, language = 0, settings.LANGUAGE_CODE

    def __init__(self):
        self.heard = asyncio.Event()

    def take(self, bundle):
        self.heard.set()
