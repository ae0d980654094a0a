"""People who know the product by HTTP and WebSocket alone."""

import json
import time
import uuid
from urllib.parse import urljoin

import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

JSON = {"Accept": "application/json"}


class Person:
    """Signed in through the simulated WeCom at `server`; the session is good at every process of the installation."""

    def __init__(self, userid, server):
        self.userid, self.http = userid, requests.Session()
        self.http.headers.update(JSON)
        login = self._get(f"{server.url}/wecom/login?next=/api/portal/roles")
        picked = self._get(f"{login.headers['Location'].partition('#')[0]}&userid={userid}", login.url)
        back = self._get(picked.headers["Location"], picked.url)
        assert back.status_code == 303, back.text

    def _get(self, address, base=""):
        return self.http.get(urljoin(base, address), allow_redirects=False, timeout=20)

    def get(self, server, path, **options):
        return self.http.get(f"{server.url}{path}", timeout=20, **options)

    def post(self, server, path, timeout=20, **fields):
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken", "")}
        return self.http.post(f"{server.url}{path}", data=fields, headers=headers, timeout=timeout)

    def listen(self, server, path):
        """An open socket that has heard its `hello`."""
        return Ear(server, path, "; ".join(f"{each.name}={each.value}" for each in self.http.cookies))

    def roles(self, server):
        return [each["code"] for each in self.get(server, "/api/portal/roles").json()["roles"]]


class Employee(Person):
    def say(self, server, content, client_id=None, timeout=20, **fields):
        client_id = client_id or uuid.uuid4()
        return self.post(server, "/itdesk/messages", timeout, client_id=client_id, content=content, **fields)

    def ask(self, server, content):
        """A new request. → its message"""
        answer = self.say(server, content, new_topic="true")
        assert answer.status_code == 201, answer.text
        return answer.json()

    def history(self, server, conversation_id, **query):
        query["conversation_id"] = conversation_id
        return self.get(server, "/itdesk/messages", params=query).json()["messages"]

    def listen(self, server, path="/ws/desk/"):
        return super().listen(server, path)


class Agent(Person):
    def answer(self, server, conversation_id, content, timeout=20, **fields):
        path = f"/agent/conversations/{conversation_id}/messages"
        return self.post(server, path, timeout, client_id=uuid.uuid4(), content=content, **fields)

    def act(self, server, conversation_id, action, **fields):
        return self.post(server, f"/agent/conversations/{conversation_id}/{action}", **fields)

    def history(self, server, conversation_id, **query):
        return self.get(server, f"/agent/conversations/{conversation_id}/messages", params=query).json()["messages"]

    def listen(self, server, path="/ws/agent/"):
        return super().listen(server, path)


class Ear:
    """A page's socket. Everything heard stays in `heard`, so that a test may ask what never came."""

    def __init__(self, server, path, cookies):
        address = server.url.replace("http", "ws", 1) + path
        self.line = connect(address, additional_headers={"Cookie": cookies}, open_timeout=20, close_timeout=2)
        self.heard = []
        self.hear("hello", seconds=10)

    def hear(self, kind, seconds=5.0, **fields):
        """The next frame of this kind with these fields. TimeoutError when there is none in time."""
        deadline = time.monotonic() + seconds
        while True:
            frame = json.loads(self.line.recv(timeout=max(deadline - time.monotonic(), 0)))
            self.heard.append(frame)
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def closed(self, seconds):
        """The code it was closed with. TimeoutError when it is still open after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.heard.append(json.loads(self.line.recv(timeout=max(deadline - time.monotonic(), 0))))
            except ConnectionClosed as end:
                return end.rcvd.code if end.rcvd else None

    def tell(self, **frame):
        self.line.send(json.dumps(frame))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.close()
