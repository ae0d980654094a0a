"""When a page's line is tried again: after a restart, after a loss, and when somebody comes back to the page."""

import asyncio

import pytest
from playwright.sync_api import expect

from conversations import hub

COMEBACK = """
async () => {
  const { Comeback } = await import("/static/js/comeback.js");
  const waits = (random, ends) => {
    const line = new Comeback(() => random);
    return ends.map((end) => (end === "hello" ? line.greeted() || 0 : Math.round(line.wait(...end))));
  };
  const chance = new Comeback();
  const lost = () => { const line = new Comeback(); line.greeted(); return line.wait(1006, ""); };
  return {
    restarts: waits(0.5, [[4012, "3470"], [4012, "0"], [4012, ""], [4012, "99999"], [4012, "-1"], [1012, ""]]),
    lost: waits(1, ["hello", [1006, ""], [1006, ""], [1006, ""], [1006, ""], "hello", [1006, ""]]),
    least: waits(0, ["hello", [1006, ""], [1006, ""], [1006, ""]]),
    fresh: waits(1, [[1006, ""], [1006, ""], [1006, ""]]),
    ofMany: Array.from({ length: 2000 }, () => chance.wait(4012, "")),
    lostByMany: Array.from({ length: 2000 }, lost),
  };
}
"""


def fullest_second(moments):
    """The part of these moments (ms) that lies in the fullest second."""
    seconds = [int(each // 1000) for each in moments]
    return max(seconds.count(each) for each in set(seconds)) / len(seconds)


@pytest.fixture
def line(employee_page, zhangwei):
    """zhangwei's live page: `opened` grows with every socket that it opens, `end(code, reason)` is the server's close."""

    class Line:
        page, opened = employee_page, []

        @staticmethod
        def end(code, reason=""):
            for socket in hub._hub.sockets_of(zhangwei.pk):
                asyncio.run_coroutine_threadsafe(socket.end(code, reason), hub._hub.loop).result(10)

        def expect_opened(self, count):
            self.page.wait_for_function("() => true")
            while len(self.opened) < count:
                self.page.wait_for_event("websocket", timeout=8000)
            assert len(self.opened) == count

    expect(employee_page.locator("#content")).to_be_visible()
    employee_page.on("websocket", lambda socket: Line.opened.append(socket))
    employee_page.reload()
    made = Line()
    made.expect_opened(1)
    employee_page.wait_for_function("() => performance.now() > 1000")
    return made


def test_pages_never_come_back_all_at_once(employee_page):
    found = employee_page.evaluate(COMEBACK)
    # The server names a moment; whatever is not one is left to chance over ten seconds.
    assert found["restarts"] == [3470, 0, 5000, 5000, 5000, 5000]
    assert found["lost"] == [0, 6000, 11000, 15000, 15000, 0, 6000]
    assert found["least"] == [0, 1000, 1000, 1000]
    assert found["fresh"] == [2000, 3000, 5000]
    assert fullest_second(found["ofMany"]) < 0.2
    assert fullest_second(found["lostByMany"]) < 0.25


def test_a_page_waits_for_its_own_moment_and_comes_back_at_once_when_somebody_looks(line):
    page = line.page
    begun = page.evaluate("performance.now()")
    line.end(hub.RESTARTING, "900")
    line.expect_opened(2)
    assert page.evaluate("performance.now()") - begun >= 900
    # A long wait ends when the network is back; however often that is said, a second lies between two tries.
    expect(page.locator("[data-notice]")).to_be_hidden()
    page.wait_for_function("(since) => performance.now() > since", arg=begun + 2000)
    line.end(hub.RESTARTING, "9000")
    # In one breath: twenty words to a busy browser take seconds, and each second may bring a try.
    begun = page.evaluate("""() => {
      const now = performance.now();
      for (let n = 0; n < 20; n += 1) window.dispatchEvent(new Event("online"));
      return now;
    }""")
    line.expect_opened(3)
    assert page.evaluate("performance.now()") - begun < 5000
    page.wait_for_function("(since) => performance.now() > since", arg=begun + 1200)
    assert len(line.opened) <= 4
