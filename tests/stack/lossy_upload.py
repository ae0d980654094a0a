"""One screenshot from a real Chromium to a real server over a bad line; test_packet_loss.py runs it in a namespace."""

import hashlib
import json
import sys
import time

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, PHONE, chromium_path
from tests.browser.steps import Desk, sign_in_at
from tests.browser.uplink import choose, noise

from .bad_line import BadLine, Impossible
from .installation import Installation

MEGABITS, LOSS = 1, 5
KILOBYTES = 2048
LONGEST = 180_000  # ms, after which this gives up


def main():
    shot = noise(KILOBYTES)
    line = BadLine(MEGABITS, LOSS)
    made = Installation("", "")
    try:
        made.prepare()
        server = made.serve()
        told = {"bytes": len(shot["buffer"]), **upload(server.url, line, shot)}
        stored = [path.read_bytes() for path in (made.folder / "media").rglob("*") if path.is_file()]
        told["stored"] = hashlib.sha256(shot["buffer"]).digest() in {hashlib.sha256(each).digest() for each in stored}
        told["server"] = server.words.count("Traceback")
        return told
    finally:
        made.end()


def upload(url, line, shot):
    pieces, failed = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_context(base_url=url, locale="zh-CN", **PHONE).new_page()
        desk = Desk(sign_in_at(page, "zhangwei"))
        desk.write("打印机没有反应")
        desk.expect_delivered("打印机没有反应")
        page.on("requestfailed", lambda request: failed.append(f"{request.method} {request.url}: {request.failure}"))
        page.on("requestfinished", lambda request: "/uploads/" in request.url and pieces.append(took(request)))
        line.storm()
        begun = time.monotonic()
        choose(desk, shot)
        desk.write("看这张图")
        page.locator("#messages [data-message][data-seq]", has_text="看这张图").wait_for(timeout=LONGEST)
        seconds = time.monotonic() - begun
        told = {"seconds": round(seconds, 1), "way": line.way, "dropped": line.dropped}
        browser.close()
    return {**told, "failed": failed, "requests": len(pieces), "longest": max(pieces)}


def took(request):
    """Seconds from its first byte to the end of its answer."""
    return round(request.timing["responseEnd"] / 1000, 1)


def tell():
    """Print one line of JSON: the figures, or `{"impossible": why}`."""
    try:
        told = main()
    except Impossible as error:
        told = {"impossible": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")
