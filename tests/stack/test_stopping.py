"""A process is told to stop: nobody is cut off, pages come back one by one, and with two processes nobody notices."""

import socket
import sys
import threading
import time
import uuid
from urllib.parse import urlencode

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from tests.processes import PAUSE, Process, Server, free_port, until

from .people import Employee
from .proxy import Proxy

PAGES = 60
RESTARTING = 4012


class HalfSent:
    """A message whose last bytes are still on their way: the server has the request in hand until `finish()`."""

    def __init__(self, person, server, content):
        self.line = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies)
        body = urlencode({"client_id": uuid.uuid4(), "content": content, "new_topic": "true"}).encode()
        head = (
            f"POST /itdesk/messages HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept: application/json\r\n"
            f"Cookie: {cookies}\r\nX-CSRFToken: {person.http.cookies['csrftoken']}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.line.sendall(head.encode() + body[:-5])
        self.rest = body[-5:]

    def finish(self):
        """Send the rest. → the whole answer, as text"""
        self.line.sendall(self.rest)
        answer = b""
        while part := self.line.recv(65536):
            answer += part
        return answer.decode()


class PlainDaphne(Process):
    """`daphne itdesk.asgi:application`, as somebody who knows Daphne would start it."""

    answers = Server.answers

    def __init__(self, environment, port):
        self.port = port
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "daphne", "-p", self.port, "itdesk.asgi:application"]
        super().__init__([*map(str, command)], environment)
        until(self.answers, 40, "Daphne")


@pytest.fixture(params=[Server, PlainDaphne])
def alone(request, _embedded):
    """One process on SQLite, started in either way."""
    port = free_port()
    own = {"SITE_URL": f"http://127.0.0.1:{port}", "SOCKETS_PER_USER": str(PAGES)}
    process = request.param({**_embedded.environment, **own}, port=port)
    yield process
    process.kill()


def most_in_a_second(moments):
    """How many of these (ms) lie in the fullest second."""
    return max(sum(begin <= each < begin + 1000 for each in moments) for begin in moments)


def farewell(ear):
    """The code and the reason of the server's close."""
    while True:
        try:
            ear.line.recv(timeout=10)
        except ConnectionClosed as end:
            return end.rcvd.code, end.rcvd.reason


def test_a_stop_ends_requests_first_and_sends_the_pages_away_one_by_one(alone):
    zhangwei = Employee("zhangwei", alone)
    pages = [zhangwei.listen(alone) for _ in range(PAGES)]
    half = HalfSent(zhangwei, alone, "停机时正在发送")
    kept = requests.Session()
    assert kept.get(f"{alone.url}/readyz").status_code == 200
    alone.process.terminate()
    ends = [farewell(page) for page in pages]
    assert {code for code, _ in ends} == {RESTARTING}
    waits = [int(reason) for _, reason in ends]
    assert most_in_a_second(waits) <= PAGES // 5
    assert max(waits) < 10_000
    # Nobody new is let in; who is inside is served, and told to go elsewhere with the next request.
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{alone.url}/healthz", timeout=5)
    ready = kept.get(f"{alone.url}/readyz")
    assert (ready.status_code, ready.headers["Connection"]) == (503, "close")
    assert ready.json()["reason"].startswith("draining")
    assert alone.running
    answer = half.finish()
    assert answer.startswith("HTTP/1.1 201")
    assert "connection: close" in answer.lower()
    assert alone.process.wait(10) == 0


class Talker(threading.Thread):
    """An employee who writes without a pause, and tries the same message again when no answer or a 503 came."""

    def __init__(self, person, server, conversation_id):
        super().__init__(daemon=True)
        self.person, self.server, self.conversation_id = person, server, conversation_id
        self.enough = threading.Event()
        self.acknowledged, self.answers, self.retries, self.longest = [], set(), 0, 0.0
        self.start()

    def run(self):
        number = 0
        while not self.enough.is_set():
            begun = time.monotonic()
            self.deliver(number)
            self.longest = max(self.longest, time.monotonic() - begun)
            number += 1

    def deliver(self, number):
        client_id = uuid.uuid4()
        while True:
            try:
                answer = self.person.say(
                    self.server, f"第 {number} 句", client_id, conversation_id=self.conversation_id
                )
                self.answers.add(answer.status_code)
                if answer.ok:
                    return self.acknowledged.append(answer.json()["id"])
                assert answer.status_code in {502, 503}, answer.text
            except requests.RequestException:
                pass
            self.retries += 1
            PAUSE.wait(0.05)


def test_two_processes_are_restarted_one_after_the_other_and_nobody_notices(pair, zhangwei, lina):
    proxy = Proxy(pair.a.port, pair.b.port)
    talkers = [Talker(each, proxy, each.ask(pair.a, "开始")["conversation_id"]) for each in (zhangwei, lina)]
    for name in ("a", "b"):
        until(lambda: all(len(each.acknowledged) > 5 for each in talkers), what="talk")
        leaving = getattr(pair, name)
        assert leaving.terminate() == 0
        assert getattr(pair, name) is not leaving  # started again
        so_far = [len(each.acknowledged) for each in talkers]
        until(lambda: all(len(each.acknowledged) > n + 3 for each, n in zip(talkers, so_far, strict=True)), what="talk")  # noqa: B023
    for talker in talkers:
        talker.enough.set()
        talker.join(20)
        assert talker.answers <= {200, 201, 503}
        stored, after = [], 0
        while more := talker.person.history(pair.a, talker.conversation_id, after=after):
            stored, after = stored + more, more[-1]["seq"]
        said = [each["id"] for each in stored if each["content"] != "开始" and each["sender_type"] == "employee"]
        assert said == talker.acknowledged, "lost, doubled or out of order"
    print(
        f"{sum(len(each.acknowledged) for each in talkers)} acknowledged, "
        f"{sum(each.retries for each in talkers)} tried again, longest {max(each.longest for each in talkers):.2f} s"
    )
    proxy.close()
