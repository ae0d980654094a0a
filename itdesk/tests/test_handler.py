"""One lasting thread serves request after request, and a request that hangs holds up nobody."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from itdesk.handler import DeskHandler, Threads

pytestmark = pytest.mark.asyncio

held, entered = threading.Event(), threading.Event()


def which(request):
    """The thread that runs the view, and its connection to the database."""
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def hang(request):
    entered.set()
    held.wait(10)
    return HttpResponse("late")


urlpatterns = [path("which", which), path("hang", hang)]


@pytest.fixture
def handler():
    held.clear()
    entered.clear()
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
