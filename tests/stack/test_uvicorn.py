"""The other server: the same application on uvicorn, with the desk's own WebSocket class."""

import sys

import pytest
import requests

from tests.processes import START, Process, ended, until

from .installation import Installation
from .people import Agent, Employee

COMMAND = [sys.executable, "-m", "uvicorn", "itdesk.asgi:application", "--ws", "itdesk.uvicorn_line:DeskLine"]
COMMAND += ["--ws-per-message-deflate", "false", "--lifespan", "off", "--no-access-log"]


class Uvicorn(Process):
    def __init__(self, installation):
        self.url = f"http://127.0.0.1:{installation.ports[0]}"
        super().__init__([*COMMAND, "--port", str(installation.ports[0])], installation.environment)
        until(self.answers, START, "uvicorn")

    def answers(self):
        assert self.running, self.words
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


@pytest.fixture
def uvicorn():
    installation = Installation("", "")
    try:
        installation.manage("migrate", "--verbosity=0")
        installation.manage("assign_role", "wangqiang", "agent")
        server = Uvicorn(installation)
        with ended(server):
            yield server
    finally:
        installation.end()


def test_a_page_hears_everything_once_and_in_order(uvicorn):
    zhangwei, wangqiang = Employee("zhangwei", uvicorn), Agent("wangqiang", uvicorn)
    with wangqiang.listen(uvicorn) as ear:
        first = zhangwei.ask(uvicorn, "打印机连不上了")
        for number in range(2, 21):
            zhangwei.say(uvicorn, f"第 {number} 句", conversation_id=first["conversation_id"])
        ear.hear("new_message", seq=20)
        ear.hear("conversation_updated", version=20)
        heard = [frame["seq"] for frame in ear.heard if frame["type"] == "new_message"]
        assert heard == list(range(1, 21))
        ear.tell(type="watch", conversation_id="nonsense")
        ear.hear("error")
