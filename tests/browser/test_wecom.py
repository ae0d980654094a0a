"""The desk inside WeCom's in-app browser, with the real SDK over a bridge that checks what it is shown (WECOM 6, 7)."""

import re
import uuid
from contextlib import nullcontext

import pytest
from playwright.sync_api import expect

from conversations.commands import lifecycle, messages
from conversations.models import Attachment, Message, Upload
from wecom.models import JsTicket, PhonePicture, SimulatedMedia

from .drawing import photo, screen
from .steps import Desk
from .wecom_client import ANDROID, DESKTOP, IPHONE, WECHAT, WecomClient

LAZY = re.compile(r"/wecom_\w+\.js|jssdk|/wecom/js-sdk/")
PICKER = "[data-wecom-pictures]"
# The page's two patiences, shortened; `gaveUp` when one of them ended.
SHORT = """
const wait = window.setTimeout;
const giveUp = (act) => () => {
  act();
  window.gaveUp = true;
};
window.setTimeout = (act, time, ...more) => (time === 3000 || time === 8000 ? wait(giveUp(act), 50) : wait(act, time, ...more));
"""


@pytest.fixture
def inside(open_page, sign_in, zhangwei):
    """`inside(client, agent=ANDROID)`: zhangwei's desk in that client. → page, whose `.loaded` are its requests."""

    def enter(client, agent=ANDROID, address="/itdesk/", init=""):
        page = open_page(phone=agent != DESKTOP, user_agent=agent)
        page.loaded = []
        page.on("request", lambda request: page.loaded.append(request.url))
        if client:
            client.put_into(page)
        if init:
            page.add_init_script(init)
        return sign_in(page, zhangwei, address)

    return enter


def lazy(page):
    return [url for url in page.loaded if LAZY.search(url)]


def names_until(page, client, name):
    """What the page asked for, as soon as it asked for `name`."""
    page.wait_for_function("(name) => window.askedWecom.includes(name)", arg=name)
    page.wait_for_load_state("networkidle")
    return client.names()


@pytest.fixture
def answered(zhangwei, wangqiang, everybody):
    """zhangwei's request, which wangqiang has and answered."""
    asked, _ = messages.post_message(author=zhangwei, client_id=str(uuid.uuid4()), content="打印机不动")
    lifecycle.claim(asked.conversation_id, by=wangqiang)
    given = {"author": wangqiang, "conversation_id": asked.conversation_id, "client_id": str(uuid.uuid4())}
    return messages.post_reply(**given, content="我看看")[0]


# Elsewhere -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", [None, WECHAT], ids=["plain", "WeChat"])
def test_another_browser_loads_nothing_and_waits_for_nothing(open_page, sign_in, zhangwei, agent):
    page = open_page(phone=True, **({"user_agent": agent} if agent else {}))
    page.loaded = []
    page.on("request", lambda request: page.loaded.append(request.url))
    sign_in(page, zhangwei, "/itdesk/")
    Desk(page).write("打印机不动")
    Desk(page).expect_delivered("打印机不动")
    page.wait_for_load_state("networkidle")
    assert lazy(page) == []
    expect(page.locator(PICKER)).to_be_hidden()
    assert not JsTicket.objects.exists()


def test_without_a_bridge_the_page_gives_up_and_loads_nothing_more(inside):
    page = inside(None, init=SHORT)
    Desk(page).write("打印机不动")
    Desk(page).expect_delivered("打印机不动")
    page.wait_for_function("() => window.gaveUp")
    assert not [url for url in page.loaded if "jssdk" in url or "/wecom/js-sdk/" in url]
    expect(page.locator(PICKER)).to_be_hidden()


def test_a_bridge_that_never_answers_is_waited_for_no_longer_than_eight_seconds(inside):
    client = WecomClient(silent={"preVerifyJSAPI"})
    page = inside(client, init=SHORT)
    names_until(page, client, "preVerifyJSAPI")
    Desk(page).write("打印机不动")
    Desk(page).expect_delivered("打印机不动")
    page.wait_for_function("() => window.gaveUp")
    assert client.names() == ["preVerifyJSAPI"]
    expect(page.locator(PICKER)).to_be_hidden()


# Inside --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", [ANDROID, IPHONE, DESKTOP], ids=["Android", "iPhone", "desktop"])
def test_the_client_accepts_the_signature_and_hides_sharing(inside, agent):
    client = WecomClient()
    page = inside(client, agent)
    assert names_until(page, client, "hideAllNonBaseMenuItem") == ["preVerifyJSAPI", "hideAllNonBaseMenuItem"]
    assert client.accepted["appId"] == "ww-demo"
    (expect(page.locator(PICKER)).to_be_hidden if agent == DESKTOP else expect(page.locator(PICKER)).to_be_visible)()


def test_the_list_of_requests_is_as_private(inside, answered):
    client = WecomClient()
    page = inside(client, address="/itdesk/requests/")
    assert names_until(page, client, "hideAllNonBaseMenuItem") == ["preVerifyJSAPI", "hideAllNonBaseMenuItem"]


def test_the_bridge_may_come_after_the_page(inside):
    late = """
    window.later = window.WeixinJSBridge;
    delete window.WeixinJSBridge;
    window.addEventListener("load", () => setTimeout(() => {
      window.WeixinJSBridge = window.later;
      document.dispatchEvent(new Event("WeixinJSBridgeReady"));
    }, 200));
    """
    client = WecomClient()
    page = inside(client, init=late)
    assert client.names() == [] or client.names()[0] == "preVerifyJSAPI"
    names_until(page, client, "hideAllNonBaseMenuItem")


def test_a_refused_signature_is_made_once_anew(inside):
    client = WecomClient(wrong=1)
    names = names_until(inside(client), client, "hideAllNonBaseMenuItem")
    assert names == ["preVerifyJSAPI", "preVerifyJSAPI", "hideAllNonBaseMenuItem"]
    first, second = (params["verifySignature"] for name, params in client.calls[:2])
    assert first != second


def test_after_the_second_refusal_the_page_is_left_as_it_is(inside):
    client = WecomClient(wrong=9)
    page = inside(client)
    page.wait_for_load_state("networkidle")
    Desk(page).write("打印机不动")
    Desk(page).expect_delivered("打印机不动")
    assert client.names() == ["preVerifyJSAPI"] * 2
    expect(page.locator(PICKER)).to_be_hidden()


def test_an_address_that_changes_is_signed_anew(inside, answered):
    client = WecomClient()
    page = inside(client)
    names_until(page, client, "hideAllNonBaseMenuItem")
    page.evaluate("history.replaceState(null, '', `${location.pathname}?other=1#part`)")
    page.locator("[data-sentence]").click()
    names = names_until(page, client, "openUserProfile")
    assert names == ["preVerifyJSAPI", "hideAllNonBaseMenuItem", "preVerifyJSAPI", "openUserProfile"]


# Profiles ------------------------------------------------------------------------------------------------------------


def profile_of(page, client):
    """What the page has asked to open, for once."""
    page.wait_for_function("() => window.askedWecom[window.askedWecom.length - 1] === 'openUserProfile'")
    page.evaluate("() => window.askedWecom.pop()")
    name, params = client.calls[-1]
    assert name == "openUserProfile"
    return {key: value for key, value in params.items() if key in ("type", "userid")}


def test_an_agents_name_opens_their_profile(inside, answered, check_axe):
    client = WecomClient()
    page = inside(client, DESKTOP)
    name = page.locator(f"#message-{answered.client_id}").get_by_role("button", name="王强")
    name.click()
    assert profile_of(page, client) == {"type": 1, "userid": "wangqiang"}
    name.press("Enter")
    assert profile_of(page, client) == {"type": 1, "userid": "wangqiang"}
    page.get_by_role("button", name="王强 正在处理").press(" ")
    assert profile_of(page, client) == {"type": 1, "userid": "wangqiang"}
    check_axe(page)


def test_a_name_that_comes_later_does_so_too(inside, answered, wangqiang):
    client = WecomClient()
    page = inside(client, DESKTOP)
    names_until(page, client, "hideAllNonBaseMenuItem")
    where = {"author": wangqiang, "conversation_id": answered.conversation_id}
    Desk(page).write("还是不动")
    Desk(page).expect_delivered("还是不动")
    later, _ = messages.post_reply(**where, client_id=str(uuid.uuid4()), content="重启试试")
    page.locator(f"#message-{later.client_id}").get_by_role("button", name="王强").click()
    assert profile_of(page, client)["userid"] == "wangqiang"
    assert page.locator("#messages [data-sender-type=employee] [role=button]").count() == 0


def test_elsewhere_a_name_is_a_name(employee_page, answered):
    employee_page.reload()
    expect(employee_page.locator(f"#message-{answered.client_id}")).to_be_visible()
    assert employee_page.locator("[data-profile]").count() == 0


# Pictures ------------------------------------------------------------------------------------------------------------


def fetching(page):
    """Until the page has asked the server to fetch a picture."""
    return page.expect_response(lambda response: response.url.endswith("/wecom/pictures"))


def choose(page, run_jobs, count, asks=True):
    """Choose all that the picker finds; `asks`: the server fetches them, one after the other."""
    with fetching(page) if asks else nullcontext():
        page.locator(PICKER).click()
    for _ in range(count - 1):
        with fetching(page):
            run_jobs()
    run_jobs()
    expect(page.locator(".tray__item--picture")).to_have_count(count)
    expect(page.locator(".tray__item[aria-busy=true]")).to_have_count(0)


def test_pictures_of_androids_picker_come_by_way_of_wecom_and_are_uploaded_once(inside, run_jobs):
    client = WecomClient(photos=[screen(), screen(secret=None)])
    page = inside(client)
    choose(page, run_jobs, 2)
    assert client.names().count("uploadImage") == 2
    assert "getLocalImgData" not in client.names()
    page.locator("[data-composer] button[type=submit]").click()
    expect(page.locator("#messages [data-seq] a[data-picture]")).to_have_count(2)
    message = Message.objects.get(msg_type="image")
    assert set(message.attachments.values_list("pk", flat=True)) == set(
        PhonePicture.objects.values_list("pk", flat=True)
    )
    assert Attachment.objects.count() == 2
    assert not Upload.objects.exists()
    assert not [url for url in page.loaded if "/uploads/" in url and "offset" in url]


def test_pictures_of_an_iphones_picker_never_leave_the_phone_before_they_are_sent(inside, run_jobs):
    client = WecomClient(photos=[screen()])
    page = inside(client, IPHONE)
    choose(page, run_jobs, 1, asks=False)
    assert "uploadImage" not in client.names()
    assert not Attachment.objects.exists()
    page.locator("[data-composer] button[type=submit]").click()
    expect(page.locator("#messages [data-seq] a[data-picture]")).to_have_count(1)
    assert not SimulatedMedia.objects.exists()


def test_an_old_iphone_goes_by_way_of_wecom(inside, run_jobs):
    client = WecomClient(photos=[photo(800, 600)])
    client.getLocalImgData = lambda **_: {"err_msg": "getLocalImgData:fail"}
    page = inside(client, IPHONE)
    choose(page, run_jobs, 1)
    assert client.names()[-2:] == ["getLocalImgData", "uploadImage"]


def test_words_wait_for_the_picture_that_is_on_its_way(inside, run_jobs):
    client = WecomClient(photos=[screen()])
    page = inside(client)
    with fetching(page):
        page.locator(PICKER).click()
    expect(page.locator(".tray__item[aria-busy=true]")).to_contain_text("正在取图片")
    Desk(page).write("看这里")
    expect(Desk(page).messages).to_have_count(0)
    assert not Message.objects.exists()
    run_jobs()
    Desk(page).expect_delivered("看这里")
    message = Message.objects.get()
    assert (message.content, message.attachments.count()) == ("看这里", 1)


def test_a_picture_that_does_not_come_is_said_and_the_words_stay(inside, run_jobs):
    client = WecomClient(photos=[b"this is no picture at all"])
    page = inside(client)
    with fetching(page):
        page.locator(PICKER).click()
    Desk(page).write("看这里")
    run_jobs()
    word = page.locator("[data-word]")
    expect(word).to_have_text("没有取到图片，请用“图片”按钮再选一次")
    expect(page.locator(".tray__item")).to_have_count(0)
    expect(page.locator("#content")).to_have_value("看这里")
    assert not Message.objects.exists()


def test_a_picture_can_be_called_off_while_it_is_on_its_way(inside, problems):
    client = WecomClient(photos=[screen()], silent={"uploadImage"})
    page = inside(client)
    page.locator(PICKER).click()
    page.locator(".tray__item [data-remove]").click()
    expect(page.locator("[data-tray]")).to_be_hidden()
    expect(page.locator("[data-word]")).to_be_hidden()
    Desk(page).write("不发图了")
    Desk(page).expect_delivered("不发图了")


def test_nobody_is_bothered_who_chose_nothing(inside):
    client = WecomClient()
    client.chooseImage = lambda **_: {"err_msg": "chooseImage:cancel"}
    page = inside(client)
    page.locator(PICKER).click()
    names_until(page, client, "chooseImage")
    expect(page.locator("[data-word]")).to_be_hidden()
    expect(page.locator("[data-tray]")).to_be_hidden()
