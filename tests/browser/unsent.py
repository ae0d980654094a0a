"""What lies on a device and has not been sent: how it stands, what is done about it, and what its sends meet."""

import os
import re
import signal
from pathlib import Path

from playwright.sync_api import expect

from conversations.models import Message

from .asking import until
from .test_desk import KEPT

CLIENT_ID = re.compile(r'name="client_id"\r\n\r\n([0-9a-f-]{36})')


class Line:
    """What a page's sends meet. `line.answers` are given first, one to each send; then `line.rest` to all others.

    An answer is `"pass"`, `"cut"` (never arrives), `"lose"` (arrives, its answer does not), `"hang"`, or the arguments
    of a fulfilment. `line.tried` lists the client ids of all sends, `line.passed` of those that reached the server.
    """

    def __init__(self, place, path="**/itdesk/messages"):
        self.answers, self.rest = [], "pass"
        self.tried, self.passed, self.hung = [], [], []
        place.route(path, self._meet)

    def _meet(self, route):
        if route.request.method != "POST":
            route.continue_()
            return
        client_id = CLIENT_ID.search(route.request.post_data_buffer.decode("utf-8", "replace"))[1]
        self.tried.append(client_id)
        answer = self.answers.pop(0) if self.answers else self.rest
        if answer == "pass":
            self.passed.append(client_id)
            route.continue_()
        elif answer == "lose":
            self.passed.append(client_id)
            route.fetch()
            route.abort()
        elif answer == "cut":
            route.abort()
        elif answer == "hang":
            self.hung.append(route)
        else:
            route.fulfill(**answer)


def back(*desks):
    for each in desks:
        each.page.evaluate("window.dispatchEvent(new Event('online'))")


def stored():
    return [message.content for message in Message.objects.exclude(sender_type="system").order_by("seq")]


def outbox_of(page):
    """What lies on the device, in order."""
    return [item["content"] for item in page.evaluate(KEPT) if isinstance(item, dict) and "client_id" in item]


def expect_kept(page, *texts):
    until(page, lambda: outbox_of(page) == list(texts))


def state_of(desk, text):
    return desk.bubble(text).get_attribute("data-state")


def expect_state(desk, text, state):
    expect(desk.bubble(text)).to_have_attribute("data-state", state)


def press(desk, text, way):
    desk.bubble(text).locator(f'[data-way="{way}"]').click()


def kill(profile):
    """kill -9 for the browser of this profile: nothing in it gets to say goodbye."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(folder.name), signal.SIGKILL)
