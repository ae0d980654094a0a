"""One lasting thread serves request after request, and a request that hangs holds up nobody."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signals
from django.db import connection
from django.http import FileResponse, HttpResponse
from django.test import override_settings
from django.urls import path

from itdesk.handler import DeskHandler, Threads

pytestmark = pytest.mark.asyncio

held, entered = threading.Event(), threading.Event()
served, closed = {}, []


def which(request):
    """The thread that runs the view, and its connection to the database."""
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def hang(request):
    entered.set()
    held.wait(10)
    return HttpResponse("late")


class Counted(FileResponse):
    def close(self):
        super().close()
        closed.append(self.file_to_stream.name)


def file(request):
    return Counted(served["path"].open("rb"))


urlpatterns = [path("which", which), path("hang", hang), path("file", file)]


@pytest.fixture
def handler():
    held.clear()
    entered.clear()
    closed.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.common.CommonMiddleware"]):
        yield DeskHandler()
    held.set()


def request(handler, address):
    scope = {
        "type": "http",
        "method": "GET",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    return ApplicationCommunicator(handler, scope)


async def body(communicator):
    await communicator.send_input({"type": "http.request"})
    assert (await communicator.receive_output(5))["status"] == 200
    said = (await communicator.receive_output(5))["body"].decode()
    await communicator.wait(5)
    return said


async def test_the_next_request_finds_the_same_thread(handler):
    assert await body(request(handler, "/which")) == await body(request(handler, "/which"))


async def test_a_request_that_hangs_holds_up_nobody(handler):
    stuck = request(handler, "/hang")
    await stuck.send_input({"type": "http.request"})
    await asyncio.to_thread(entered.wait, 5)
    assert await body(request(handler, "/which"))
    held.set()
    assert (await stuck.receive_output(5))["status"] == 200


async def test_nobody_waits_behind_a_request_that_was_given_up(handler):
    gone = request(handler, "/hang")
    await gone.send_input({"type": "http.request"})
    await asyncio.to_thread(entered.wait, 5)
    gone.stop()  # as Daphne does ten seconds after a client left
    await asyncio.wait([gone.future])
    assert await body(request(handler, "/which"))


async def test_a_request_crosses_into_its_thread_once_whatever_the_middleware(handler):
    assert not asyncio.iscoroutinefunction(handler._middleware_chain)


async def test_only_so_many_idle_threads_are_kept():
    threads = Threads(kept=1)
    first, second = threads.take(), threads.take()
    threads.give_back(first)
    threads.give_back(second)
    assert threads.take() is first
    assert threads.take() is not second
    with pytest.raises(RuntimeError):
        second.submit(print)
    first.end()


async def test_a_file_goes_out_whole_and_its_reader_may_leave(handler, tmp_path):
    file = tmp_path / "log.txt"
    file.write_bytes(b"x" * 200_000)
    served["path"] = file
    reader = request(handler, "/file")
    await reader.send_input({"type": "http.request"})
    assert (await reader.receive_output(5))["status"] == 200
    size, more = 0, True
    while more:
        piece = await reader.receive_output(5)
        size, more = size + len(piece.get("body", b"")), piece.get("more_body", False)
    await reader.wait(5)
    assert size == 200_000
    left = request(handler, "/file")
    await left.send_input({"type": "http.request"})
    await left.send_input({"type": "http.disconnect"})
    await left.wait(5)
    assert closed == [str(file), str(file)]


async def test_each_request_gives_back_the_database(handler):
    heard = []

    def noted(signal, **_):
        heard.append(signal)

    signals.request_started.connect(noted)
    signals.request_finished.connect(noted)
    try:
        await body(request(handler, "/which"))
    finally:
        signals.request_started.disconnect(noted)
        signals.request_finished.disconnect(noted)
    assert heard == [signals.request_started, signals.request_finished]
