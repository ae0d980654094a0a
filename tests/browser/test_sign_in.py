"""Coming in through WeCom and going out again, in a real browser with its cookies and its history."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from .steps import Console, Desk


def test_a_member_outside_the_range_is_refused_with_a_way_to_help(open_page, problems):
    problems.expect("status of 403")
    page = open_page(phone=True)
    page.goto("/wecom/login?next=/itdesk/")
    page.locator('[data-userid="sunlei"]').click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "invisible")
    expect(page.locator("h1")).to_have_text("您还不能使用 IT 服务台")
    page.goto("/itdesk/")
    expect(page).to_have_url(re.compile("/wecom/simulator/authorize"))


def test_somebody_of_another_company_is_refused(open_page, problems):
    problems.expect("status of 403")
    page = open_page(phone=True)
    page.goto("/wecom/login?next=/itdesk/")
    page.get_by_role("link", name="外部人员").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "outsider")


def test_who_changes_their_mind_is_taken_back_kindly(open_page, problems):
    problems.expect("status of 400")
    page = open_page(phone=True)
    page.goto("/wecom/login?next=/itdesk/")
    page.get_by_role("link", name="拒绝授权").click()
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "cancelled")
    page.get_by_role("link", name="重新登录").click()
    expect(page).to_have_url(re.compile("/wecom/simulator/authorize"))


def callback_of(page):
    """Notes the address by which WeCom sent this browser back."""
    seen = []
    page.on("request", lambda request: "/wecom/oauth/callback" in request.url and seen.append(request.url))
    return seen


def test_a_code_replayed_in_another_browser_signs_nobody_in(open_page, sign_in, zhangwei, problems):
    problems.expect("status of 400")
    page = open_page(phone=True)
    seen = callback_of(page)
    sign_in(page, zhangwei)
    thief = open_page()
    thief.goto(seen[0])
    expect(thief.locator("[data-outcome]")).to_have_attribute("data-outcome", "stale")
    thief.goto("/itdesk/")
    expect(thief).to_have_url(re.compile("/wecom/simulator/authorize"))


def test_a_code_replayed_after_logout_signs_nobody_in(open_page, sign_in, zhangwei, problems):
    problems.expect("status of 400")
    page = open_page(phone=True)
    seen = callback_of(page)
    sign_in(page, zhangwei, "/itportal/?choose=1")
    page.locator("form[action$='/itportal/logout'] button").click()
    expect(page.locator("h1")).to_have_text("已退出登录")
    page.goto(seen[0])
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", "reused")
    page.goto("/itdesk/")
    expect(page).to_have_url(re.compile("/wecom/simulator/authorize"))


def test_the_same_callback_twice_in_one_browser_is_harmless(open_page, sign_in, zhangwei):
    page = open_page(phone=True)
    seen = callback_of(page)
    sign_in(page, zhangwei)
    page.goto(seen[0])
    expect(page).to_have_url(re.compile("/itdesk/$"))
    assert Desk(page).field.is_visible()


def test_the_back_button_after_signing_in_leads_to_no_error(open_page, sign_in, zhangwei):
    page = sign_in(open_page(phone=True), zhangwei)
    page.go_back()
    # Wherever the history led, going on once more is the desk again, as the same person.
    page.goto("/itdesk/")
    expect(Desk(page).field).to_be_visible()
    assert "code=" not in page.url
    assert "state=" not in page.url


def test_no_secret_of_the_way_in_stays_in_the_address_or_in_the_pages_storage(open_page, sign_in, zhangwei):
    page = open_page(phone=True)
    seen = callback_of(page)
    sign_in(page, zhangwei)
    assert urlsplit(page.url).query == ""
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    secrets = [each["value"] for each in page.context.cookies()] + re.findall("code=([^&]+)", seen[0])
    assert not any(secret in kept for secret in secrets)


def test_the_back_button_after_logout_shows_nothing(open_page, sign_in, zhangwei, problems):
    problems.expect("status of 401")
    page = sign_in(open_page(phone=True), zhangwei)
    desk = Desk(page)
    desk.write("只给我看的话")
    desk.expect_delivered("只给我看的话")
    page.goto("/itportal/?choose=1")
    page.locator("form[action$='/itportal/logout'] button").click()
    expect(page.locator("h1")).to_have_text("已退出登录")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile("/wecom/|/itportal/signed-out"))
    expect(page.get_by_text("只给我看的话")).to_have_count(0)


def test_a_card_on_the_phone_opens_the_desk_signed_in_at_the_message(open_page, sign_in, zhangwei, wangqiang, run_jobs):
    desk = Desk(sign_in(open_page(phone=True), zhangwei))
    desk.write("不等了，先关掉")
    desk.expect_delivered("不等了，先关掉")
    desk.page.context.close()
    console = Console(sign_in(open_page(), wangqiang, "/agent/"))
    console.open("不等了，先关掉")
    console.write("已经修好，请再试")
    console.expect_delivered("已经修好，请再试")
    run_jobs()
    phone = open_page(phone=True)
    phone.goto("/wecom/simulator/phone/zhangwei/")
    card = phone.locator(".chat-card", has_text="已经修好，请再试")
    expect(card).to_have_count(1)
    card.click()
    frame = phone.frame_locator("iframe") if phone.locator("iframe").count() else phone
    expect(frame.locator("#messages [data-message]").filter(has_text="已经修好，请再试")).to_have_count(1)
    run_jobs()
    assert phone.request.get("/wecom/simulator/phone/zhangwei/chat").text().count("已经修好，请再试") == 1
