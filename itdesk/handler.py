"""Django's ASGI handler for an application whose views and middleware are all sync: one thread, one hop a request.

Django's own starts a thread for each request, opens the database in it, and crosses between loop and thread at every
middleware that can do both. Together that was half of what a send cost (docs/performance.md).
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.urls import set_script_prefix

KEPT = 8  # idle threads, each with its open connection to SQLite; beyond, a thread ends with its request
MOST = 100  # requests in hand at once; more wait. 500 took all the files that a process may open (1,024 by default)


class RequestThread(ThreadPoolExecutor):
    """One thread that outlives its request. Used from the loop only."""

    def __init__(self):
        super().__init__(max_workers=1, thread_name_prefix="request")
        self.latest = None

    def submit(self, *args, **kwargs):
        self.latest = super().submit(*args, **kwargs)
        return self.latest

    def end(self):
        self.submit(connections.close_all)
        self.shutdown(wait=False)


class Threads:
    """As many threads as requests run: one that hangs on a lock holds up nobody else. The idle ones are kept."""

    def __init__(self, kept=KEPT):
        self._idle, self._kept = [], kept

    def take(self):
        # The last one back goes out first: its memory is warm, and the others can end.
        return self._idle.pop() if self._idle else RequestThread()

    def give_back(self, thread):
        # The server gives up a request some seconds after its client left, though its view may still run: that thread
        # is not idle, and whoever got it would wait behind a stranger's request.
        if len(self._idle) < self._kept and (thread.latest is None or thread.latest.done()):
            self._idle.append(thread)
        else:
            thread.end()


class DeskHandler(ASGIHandler):
    def __init__(self):
        super().__init__()
        self._threads = Threads()
        self._room = asyncio.Semaphore(MOST)

    def load_middleware(self, is_async=False):
        # As under WSGI: otherwise every middleware that Django calls async-capable hops into the thread twice.
        super().load_middleware(is_async=False)

    async def handle(self, scope, receive, send):
        """Django's own hops into the thread three times: for the signal before, the response, and the signal after."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            set_script_prefix(get_script_prefix(scope))
            request, response = self.create_request(scope, body)
            if request is not None:
                response = await sync_to_async(self._answer)(scope, request)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)

    def _answer(self, scope, request):
        signals.request_started.send(sender=self.__class__, scope=scope)
        response = self.get_response(request)
        response._handler_class = self.__class__
        if not response.streaming:
            response.close()  # its content stays; this gives back the database
        return response

    async def _stream(self, response, receive, send):
        """A file goes out in pieces, until its end or until nobody reads it any more."""
        response.block_size = self.chunk_size
        sending = asyncio.ensure_future(self.send_response(response, send))
        gone = asyncio.ensure_future(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait([sending, gone], return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            sending.cancel()  # nothing, when it is done
            await asyncio.wait([sending, gone])
            await sync_to_async(response.close)()
        if not gone.cancelled():
            gone.exception()  # RequestAborted, which is no fault
        if not sending.cancelled():
            sending.result()

    async def __call__(self, scope, receive, send):
        async with self._room:
            thread = self._threads.take()
            try:
                async with ThreadSensitiveContext(executor=thread):
                    await super().__call__(scope, receive, send)
            finally:
                self._threads.give_back(thread)


def get_application():
    """As `django.core.asgi.get_asgi_application`."""
    django.setup(set_prefix=False)
    return DeskHandler()
