"""Requests that say what no request may, or send without end: refused at the server's edge, and nobody else notices."""

import contextlib
import json
import socket
import uuid

import pytest
import requests

from .people import Agent, Employee
from .test_hostile_sockets import MIB, memory

EVIL = "https://evil.example"


@pytest.fixture
def server(embedded):
    return embedded.a


def heard(ear, kind):
    while True:
        frame = json.loads(ear.line.recv(timeout=10))
        if frame["type"] == kind:
            return frame


def test_nobody_chooses_the_prefix_of_other_peoples_addresses(server):
    zhangwei, wangqiang = Employee("zhangwei", server), Agent("wangqiang", server)
    console = wangqiang.listen(server, "/ws/agent/")
    fields = {"client_id": uuid.uuid4(), "content": "看这里", "new_topic": "true"}
    answer = zhangwei.http.post(
        f"{server.url}/itdesk/messages",
        data=fields,
        headers={"X-CSRFToken": zhangwei.http.cookies["csrftoken"], "Daphne-Root-Path": EVIL},
    )
    assert answer.status_code == 201
    assert "evil" not in answer.text
    for kind in ("new_message", "conversation_updated"):
        assert "evil" not in json.dumps(heard(console, kind))
    walked_round = requests.get(f"{server.url}/zzz/readyz", headers={"Daphne-Root-Path": "/zzz"}, timeout=5)
    assert walked_round.status_code == 404
    assert requests.get(f"{server.url}/healthz", headers={"Daphne-Root-Path": b"\xff"}, timeout=5).ok


@pytest.mark.parametrize("path", ["/healthz", "/itdesk/messages"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_an_end_is_cut_before_it_is_kept(server, path, chunked):
    before = memory(server)
    line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {300 * MIB}"
    line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n{size}\r\n\r\n".encode())
    part = bytes(MIB)
    piece = f"{MIB:x}\r\n".encode() + part + b"\r\n" if chunked else part
    sent = 0
    with contextlib.suppress(OSError):  # cut
        while sent < 300:
            line.sendall(piece)
            sent += 1
    assert sent < 250
    assert memory(server) - before < 30 * MIB
    assert requests.get(f"{server.url}/healthz", timeout=5).ok


def test_it_is_told_so_where_the_head_says_it_all(server):
    line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    line.sendall(f"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {300 * MIB}\r\n\r\n".encode())
    assert line.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert line.recv(4096) == b""


def test_an_odd_handshake_leaves_no_trace(server):
    said = len(server.words)
    for path, more, answer in (
        ("/", b"", b"HTTP/1.1 403 "),
        ("/nothing/", b"", b"HTTP/1.1 403 "),
        ("/ws/desk/", b"Sec-WebSocket-Protocol: \xe9\r\n", b"HTTP/1.1 101 "),
    ):
        line = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n".encode()
            + more
            + b"\r\n"
        )
        assert line.recv(4096).startswith(answer)
    requests.get(f"{server.url}/healthz", headers={"Host": "evil.example"}, timeout=5)
    assert "Traceback" not in server.words[said:]
