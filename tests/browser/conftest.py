"""The harness of the browser tests: a live server in this process, Debian's Chromium, and people at their pages.

Every test below this folder gets an empty database with the whole cast in it, and fails when any of its pages logged
an error, broke the CSP, threw, or missed a static file. Playwright's sync API keeps a loop running in the main thread,
so these tests run apart from the asyncio tests: `pytest -m browser`.
"""

import base64
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from jobs.worker import run_due
from wecom import addresses

from .asking import ask
from .drawing import RECORD, RECORDED, Editor, pick, screen
from .live import LiveServer, database_in_any_thread
from .parts import share
from .problems import Problems
from .steps import Console, Desk, sign_in_at

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PATIENCE = 10_000  # ms that an expectation waits
expect.set_options(timeout=PATIENCE)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RUN_AXE = """
async () => {
  const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
  const told = (node) => `${node.target.join(" ")} (${[...node.any, ...node.all, ...node.none].map((each) => each.message)})`;
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.map(told) }));
}
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    for item in _ours(items):
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
    outcome = yield  # `-m` chooses here, by these marks
    if part := os.environ.get("BROWSER_PART"):
        _keep_part(config, items, *map(int, part.split("/")))
    return outcome


def _ours(items):
    here = Path(__file__).parent
    return [item for item in items if here in item.path.parents]


def _keep_part(config, items, number, parts):
    ours = _ours(items)
    elsewhere = set(ours) - set(share(ours, number, parts))
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


def chromium_path():
    given = os.environ.get("CHROMIUM")
    return given or shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def server(django_db_setup, django_db_blocker):
    """The one live server of this process. Its threads use the test database all the time."""
    with django_db_blocker.unblock():
        yield LiveServer()


@pytest.fixture(scope="session")
def chromium():
    path = chromium_path()
    if not Path(path).is_file():
        pytest.fail(f"{path}: no Chromium there") if os.environ.get("CI") else pytest.skip("no Chromium")
    with database_in_any_thread(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def everybody(transactional_db, zhangwei, lina, wangqiang, liyang, zhaomin):
    """The cast, made anew in the empty database of this test."""


@pytest.fixture
def live(server, everybody, settings):
    """The server with this test's people; the product knows its address. Emptied only when it is idle again."""
    settings.SITE_URL = server.url
    settings.WECOM_API_BASE = f"{server.url}/wecom/simulator/cgi-bin"
    yield server
    assert server.wait_until_idle(), "a request or a socket outlived its page"


@pytest.fixture
def problems():
    """What went wrong on this test's pages; `problems.expect(r"status of 409")` says what it provokes."""
    return Problems()


@pytest.fixture
def open_page(chromium, live, problems):
    """`open_page(phone=True, locale="en", color_scheme="dark", …)`: a page of its own browser profile, at no address.

    After the test all are closed and their problems become its failure.
    """
    contexts = []

    def new_page(phone=False, **options):
        context = chromium.new_context(
            **{"locale": "zh-CN", "base_url": live.url, **(PHONE if phone else DESKTOP), **options}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("page", problems.watch)
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()
    assert problems.unexpected() == []


@pytest.fixture
def sign_in(live):
    """`sign_in(page, user, next="/itdesk/")`: through the simulated WeCom, ending at `next`. → page"""
    return sign_in_at


@pytest.fixture
def employee_page(open_page, sign_in, zhangwei):
    """zhangwei's phone (390×844, touch), signed in, on the desk."""
    return sign_in(open_page(phone=True), zhangwei, "/itdesk/")


@pytest.fixture
def agent_page(open_page, sign_in, wangqiang):
    """wangqiang's desktop (1440×900), signed in, on the console."""
    return sign_in(open_page(), wangqiang, "/agent/")


@pytest.fixture
def run_jobs(live):
    """`run_jobs()`: all jobs that are due within a minute, run now. → how many"""
    return lambda: run_due(timezone.now() + timedelta(minutes=1))


@pytest.fixture
def check_axe():
    """`check_axe(page)`: fails on anything that axe calls serious or critical."""
    source = AXE.read_text(encoding="utf-8")

    def check(page):
        page.evaluate(source)
        grave = [each for each in page.evaluate(RUN_AXE) if each["impact"] in {"serious", "critical"}]
        lines = [f"{each['impact']} {each['id']}: {each['help']}: {each['where'][:4]}" for each in grave]
        assert lines == [], f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture
def desktop(open_page, sign_in, zhangwei):
    """zhangwei at the desk in an ordinary browser (1440×900), where Ctrl+V and Enter are at hand."""
    return Desk(sign_in(open_page(), zhangwei, "/itdesk/"))


@pytest.fixture
def asked(agent_page, zhangwei):
    """wangqiang's console, with what zhangwei asked open in it."""
    ask(zhangwei)
    console = Console(agent_page)
    console.expect_live()
    console.open("打印机")
    return console


@pytest.fixture
def silent_login(monkeypatch):
    """The login answers by itself for zhangwei, as inside WeCom. → list of the times that it was asked"""
    asked, ordinary = [], addresses._qr

    def answered(back, state):
        asked.append(time.monotonic())
        return f"{ordinary(back, state)}&userid=zhangwei"

    monkeypatch.setattr(addresses, "_qr", answered)
    return asked


@pytest.fixture
def editor(desktop):
    """A screenshot with a secret is in the tray, and opened."""
    pick(desktop.page, ("屏幕.png", screen()))
    return Editor(desktop.page).open()


@pytest.fixture
def uploaded(desktop):
    """`uploaded()` → every byte of the files that the page has sent, whatever parts it sends them in."""
    desktop.page.evaluate(RECORD)
    return lambda: base64.b64decode(desktop.page.evaluate(RECORDED))
