"""What people see of the simulated WeCom: the overview, the switches, the log and the phones."""

import pytest
from django.utils import timezone

from wecom.models import Fault, SimulatedCall, SimulatedMessage
from wecom.simulator.chat import stamp_of

from .conftest import Browser

pytestmark = pytest.mark.django_db  # transactional where `wecom`, a live server, takes part

PHONE = "/wecom/simulator/phone/zhangwei/"


def arrive(userid="zhangwei", fate="arrived", **content):
    card = {"title": "王强 回复了您", "description": "好了", "url": "http://testserver/itdesk/requests/?m=2", **content}
    return SimulatedMessage.objects.create(
        userid=userid, msgid="m", request_digest="d", fate=fate, body={"msgtype": "textcard", "textcard": card}
    )


def test_it_lists_everybody_with_the_doors_that_are_theirs(client, zhangwei, wangqiang, zhaomin):
    page = client.get("/wecom/simulator/").content.decode()
    assert "模拟器" in page
    assert "/wecom/simulator/phone/wangqiang/open?to=/agent/" in page
    assert "/wecom/simulator/phone/zhaomin/open?to=/admin/" in page
    assert "/wecom/simulator/phone/zhangwei/open?to=/agent/" not in page
    assert "/wecom/simulator/phone/sunlei/" in page


def test_it_finds_a_member_by_any_word(client, db):
    page = client.get("/wecom/simulator/", {"q": "ZHANGW"}).content.decode()
    people = page[page.index('id="people"') : page.index('id="faults-title"')]
    assert people.count("data-userid=") == 1


def test_it_opens_the_employees_side_at_the_other_name_of_this_machine(client, zhangwei):
    page = client.get("/wecom/simulator/", headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "http://localhost:8000/wecom/simulator/phone/zhangwei/open?to=/itdesk/" in page
    assert "http://localhost" not in client.get("/wecom/simulator/").content.decode()


@pytest.mark.parametrize("door", ["/itdesk/", "/itportal/"])
def test_it_opens_a_page_signed_in_as_the_holder_of_the_phone(browser, door):
    left = browser.get(f"{PHONE}open?to={door}")
    assert left["Location"].startswith("/wecom/login?next=")
    answer = browser.get(f"{PHONE}open?to={door}", follow=True)
    assert browser.signed_in_as == "zhangwei"
    assert (303, door) in [(status, address) for address, status in answer.redirect_chain]


def test_it_hands_the_browser_to_the_holder_of_the_next_phone(browser):
    browser.get(f"{PHONE}open?to=/itdesk/", follow=True)
    browser.get("/wecom/simulator/phone/lina/open?to=/itdesk/", follow=True)
    assert browser.signed_in_as == "lina"
    # The next login without a phone asks again who it is.
    assert browser.get(browser.leave()).status_code == 200


def test_it_leads_no_phone_off_this_site(browser):
    chain = browser.get(f"{PHONE}open?to=//evil.example/", follow=True).redirect_chain
    assert not [address for address, _ in chain if "evil" in address]


def test_it_shows_what_arrived_and_nothing_else(client):
    arrive(description="看得见")
    arrive(description="被丢弃", fate="dropped")
    arrive(description="重复的", fate="duplicate")
    arrive(description="别人的", userid="lina")
    page = client.get(PHONE).content.decode()
    assert "看得见" in page
    assert not any(text in page for text in ("被丢弃", "重复的", "别人的"))
    assert "open?to=%2Fitdesk%2Frequests%2F%3Fm%3D2" in page


def test_a_tap_on_a_card_lands_on_its_page_signed_in(browser):
    arrive()
    card = browser.get(PHONE).content.decode().partition('class="chat-card" href="')[2].partition('"')[0]
    answer = browser.get(card.replace("&amp;", "&"), follow=True)
    assert answer.redirect_chain[-1] == ("/itdesk/requests/?m=2", 303)
    assert answer.status_code == 200
    assert browser.signed_in_as == "zhangwei"


def test_it_shows_a_cards_words_as_words(client):
    arrive(title="<script>x</script>", description='<b>y</b><div class="gray">z</div><br>')
    page = client.get(PHONE).content.decode()
    assert "<script>x" not in page
    assert "<b>y" not in page
    assert '<span class="card-text--gray">z</span>' in page


def test_it_answers_with_the_chat_only_when_something_arrived(client):
    arrive()
    seen = stamp_of("zhangwei")
    assert client.get(f"{PHONE}chat?after={seen}").status_code == 204
    arrive(description="新的")
    answer = client.get(f"{PHONE}chat?after={seen}")
    assert answer.status_code == 200
    assert "新的" in answer.content.decode()


def test_it_answers_with_the_log_only_when_something_happened(client):
    call = SimulatedCall.objects.create(api="gettoken", errcode="0")
    assert client.get(f"/wecom/simulator/log?after={call.pk}").status_code == 204
    SimulatedCall.objects.create(api="user/get", errcode="60111", note="userid not found")
    assert "60111" in client.get(f"/wecom/simulator/log?after={call.pk}").content.decode()


def test_it_flips_the_switches_with_and_without_a_script(client):
    fragment = client.post("/wecom/simulator/faults", {"down": "on", "slow": "on"}, headers={"hx-request": "true"})
    assert 'name="down" checked' in fragment.content.decode()
    assert (Fault.now().down, Fault.now().slow_seconds, Fault.now().busy) == (True, 12, False)
    assert client.post("/wecom/simulator/faults", {"busy": "on"})["Location"] == "/wecom/simulator/"
    assert (Fault.now().down, Fault.now().slow_seconds, Fault.now().busy) == (False, 0, True)


def test_it_knows_no_phone_of_a_stranger(client):
    assert client.get("/wecom/simulator/phone/nobody/").status_code == 404


def test_it_works_with_an_odd_clock(client, time_machine):
    message = arrive()
    message.sent_at = timezone.datetime(2026, 1, 2, 3, 4, tzinfo=timezone.get_current_timezone())
    message.save(update_fields=["sent_at"])
    time_machine.move_to(message.sent_at)
    assert "今天 03:04" in client.get(PHONE).content.decode()
    time_machine.shift(86_400)
    assert "昨天 03:04" in client.get(PHONE).content.decode()
    time_machine.shift(86_400)
    assert "1月2日 03:04" in client.get(PHONE).content.decode()


def test_the_ui_of_a_member_outside_the_range_ends_at_a_plain_page(wecom):
    browser = Browser()
    answer = browser.get("/wecom/simulator/phone/sunlei/open?to=/itdesk/", follow=True)
    assert answer.status_code == 403
    assert browser.signed_in_as is None
