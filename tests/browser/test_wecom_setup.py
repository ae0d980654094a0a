"""The administrators' set-up page: it shows at once, tests one step after another, and says plainly what it found."""

import pytest
from playwright.sync_api import expect

from wecom.errors import error_for
from wecom.models import SimulatedMessage
from wecom.setup import steps

PAGE = "/admin/wecom/setup/"
TESTED = [step.slug for step in steps.STEPS if step.is_tested]


@pytest.fixture
def admin_page(open_page, sign_in, zhaomin):
    """zhaomin's desktop, signed in, on the admin's first page."""
    return sign_in(open_page(), zhaomin, "/admin/")


def wait_for_all(page):
    for slug in TESTED:
        expect(page.locator(f"#outcomes-{slug} .outcome").first).to_be_visible()


def test_it_tests_one_step_after_another(admin_page):
    running, most, order = set(), [0], []

    def begun(request):
        if "/setup/steps/" in request.url:
            running.add(request)
            order.append(request.url.rsplit("/", 1)[1])
            most[0] = max(most[0], len(running))

    admin_page.on("request", begun)
    admin_page.on("response", lambda response: running.discard(response.request))
    admin_page.get_by_role("link", name="企业微信设置").click()
    wait_for_all(admin_page)
    assert (order, most[0]) == (TESTED, 1)
    expect(admin_page.locator(".outcome--bad")).to_have_count(0)


def test_it_stands_there_while_wecom_says_nothing(admin_page, monkeypatch):
    def silence(*args):
        raise error_for("interrupted")

    monkeypatch.setattr("wecom.exchange.ask", silence)
    monkeypatch.setattr("wecom.client.ask", silence)
    admin_page.goto(PAGE)
    expect(admin_page.get_by_role("heading", name="可见范围")).to_be_visible()
    wait_for_all(admin_page)
    expect(admin_page.locator("#trusted-ip .outcome--bad")).to_contain_text("interrupted")
    monkeypatch.undo()
    # One step is tested again by itself, by keyboard.
    again = admin_page.locator("#trusted-ip").get_by_role("button", name="再测一次")
    again.focus()
    admin_page.keyboard.press("Enter")
    expect(admin_page.locator("#trusted-ip .outcome--good")).to_be_visible()
    expect(admin_page.locator("#app .outcome--bad")).to_be_visible()


def test_it_sends_one_message_to_who_presses_the_button(admin_page, zhaomin):
    admin_page.goto(PAGE)
    wait_for_all(admin_page)
    admin_page.get_by_role("button", name="给我发一条消息").click()
    expect(admin_page.locator("#outcomes-message .outcome--good")).to_be_visible()
    assert list(SimulatedMessage.objects.values_list("userid", flat=True)) == ["zhaomin"]


def test_it_takes_the_ownership_file(admin_page):
    admin_page.goto(PAGE)
    file = {"name": "WW_verify_5AbCdEf123.txt", "mimeType": "text/plain", "buffer": b"5AbCdEf123"}
    admin_page.get_by_label("归属文件").set_input_files(file)
    admin_page.get_by_role("button", name="上传").click()
    expect(admin_page.locator("#domain .outcome--good").first).to_contain_text("WW_verify_5AbCdEf123.txt")
    wait_for_all(admin_page)
    assert admin_page.request.get("/WW_verify_5AbCdEf123.txt").text() == "5AbCdEf123"
