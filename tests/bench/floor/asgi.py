"""HTTP to Django, one WebSocket address to one consumer."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.floor.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

http = get_asgi_application()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Room(AsyncWebsocketConsumer):
    """The consumer of the manual's tutorial."""

    async def connect(self):
        await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard("room", self.channel_name)

    async def chat_message(self, event):
        await self.send(text_data=json.dumps({**event, "type": "new_message"}))


application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([path("ws/", Room.as_asgi())])})
