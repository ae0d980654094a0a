"""What a page tells on its socket, and whether somebody sees it: for tests about reading, writing and presence."""

RECORD = """
  window.told = [];
  window.mute = false;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) {
    window.told.push(JSON.parse(text));
    if (!window.mute) send.call(this, text);
  };
"""
SHOW = """shown => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (shown ? "visible" : "hidden") });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def recorded(page):
    """Everything that this page tells from its next load on can be asked for with `told`. → page"""
    page.add_init_script(RECORD)
    return page


def told(page, kind):
    """The frames of this kind that the page has sent, whether or not they went out."""
    return [frame for frame in page.evaluate("() => window.told") if frame["type"] == kind]


def mute(page):
    """From now on nothing that the page tells goes out, as from a phone that died with its line open."""
    page.evaluate("() => { window.mute = true; }")


def show(page, shown=True):
    """The page is shown to somebody, or is not (another tab, a locked phone)."""
    page.evaluate(SHOW, shown)


def stop_the_clock(page):
    """Time of this page passes from now on only by `page.clock.run_for(ms)`; install the clock before it is loaded."""
    page.clock.pause_at(page.evaluate("() => Date.now()") / 1000 + 0.2)
