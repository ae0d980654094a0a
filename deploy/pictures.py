"""Makes the pictures of the README from the running product: `python deploy/pictures.py` (needs the test packages).

It starts the desk with the demo company in a scratch folder, plays one request from both sides, and photographs the
pages in Chromium. Run it after a change that people can see, and commit what it writes to `docs/pictures/`.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SECONDS_TO_START = 30


class Desk:
    """The product on a free port with data of its own; `with Desk() as address:`."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="desk-pictures-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "DATA_DIR": self.folder, "WECOM_SIMULATOR": "true", "SITE_URL": address}
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        serve = [sys.executable, "manage.py", "serve", "--port", str(port)]
        self.process = subprocess.Popen(serve, cwd=ROOT, env=environment)
        wait_for(f"{address}/healthz")
        return address

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_for(address):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=1)  # noqa: S310 — our own address
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the desk did not start")


def person(browser, address, userid, viewport, language="zh-CN", scheme="light"):
    """A page of somebody who is signed in through the simulated WeCom."""
    context = browser.new_context(viewport=viewport, locale=language, color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{address}/wecom/login?next=/itportal/")
    page.goto(f"{page.url}&userid={userid}")
    return page


def shoot(page, name):
    page.wait_for_load_state("networkidle")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    # Flat colours need no more than a palette; the repository stays a third of the size.
    Image.open(path).convert("RGB").quantize(colors=128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/pictures/{name}.png")


def say(page, text):
    page.locator("textarea").first.fill(text)
    page.keyboard.press("Control+Enter")
    page.get_by_text(text[:12]).last.wait_for()


def play(browser, address):
    employee = person(browser, address, "zhangwei", PHONE)
    employee.goto(f"{address}/itdesk/")
    shoot(employee, "desk-greeting")
    say(employee, "打印机连不上了，显示脱机，下午要打合同")
    agent = person(browser, address, "wangqiang", DESKTOP)
    agent.goto(f"{address}/agent/")
    agent.locator("a.row", has_text="打印机连不上了").first.click()
    agent.locator("[data-message]").first.wait_for()
    say(agent, "您好，我是王强。请问是三楼财务室那台 HP M405 吗？")
    employee.get_by_text("您好，我是王强").wait_for()
    say(employee, "是的，重启过一次还是脱机")
    agent.get_by_text("重启过一次还是脱机").first.wait_for()  # answering before one has seen it would ask first
    say(
        agent,
        "收到，我已把它的端口改回固定地址。请在电脑上按 Win+R，输入：\n```\nprintui /s /t2\n```\n然后重新打印一页试试",
    )
    employee.get_by_text("printui").wait_for()
    shoot(employee, "desk-thread")
    shoot(agent, "console")
    for name, path, userid, viewport, language, scheme in STILLS:
        page = person(browser, address, userid, viewport, language, scheme)
        page.goto(f"{address}{path}")
        if path == "/agent/":
            page.locator("a.row").first.click()
            page.locator("[data-message]").first.wait_for()
        shoot(page, name)
        page.context.close()


STILLS = [
    ("desk-thread-dark", "/itdesk/", "zhangwei", PHONE, "zh-CN", "dark"),
    ("desk-thread-en", "/itdesk/", "zhangwei", PHONE, "en-US", "light"),
    ("desk-requests", "/itdesk/requests/", "zhangwei", PHONE, "zh-CN", "light"),
    ("console-dark-en", "/agent/", "zhaomin", DESKTOP, "en-US", "dark"),
    ("console-phone", "/agent/", "wangqiang", PHONE, "zh-CN", "light"),
    ("portal", "/itportal/?choose=1", "zhaomin", DESKTOP, "zh-CN", "light"),
    ("simulator", "/wecom/simulator/", "zhaomin", DESKTOP, "zh-CN", "light"),
]


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    with Desk() as address, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        play(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
