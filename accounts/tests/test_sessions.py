"""Logging out: the session is over and everybody who holds a socket of it hears so."""

import pytest
from django.test import Client

from accounts import signals


@pytest.fixture
def heard():
    ended = []

    def listen(sender, user_id, session_key, **kwargs):
        ended.append((user_id, session_key))

    signals.signed_out.connect(listen)
    yield ended
    signals.signed_out.disconnect(listen)


@pytest.mark.parametrize("address", ["/itportal/logout", "/admin/logout/"])
def test_it_names_the_session_that_ended(zhaomin, heard, address):
    browser = Client()
    browser.force_login(zhaomin)
    key = browser.session.session_key
    answer = browser.post(address)
    assert (answer.status_code, answer["Location"]) == (303, "/itportal/signed-out")
    assert heard == [(zhaomin.pk, key)]
    assert browser.get("/api/portal/roles").status_code == 401


def test_it_ends_only_this_browser(zhaomin, heard):
    here, there = Client(), Client()
    here.force_login(zhaomin)
    there.force_login(zhaomin)
    here.post("/itportal/logout")
    assert there.get("/api/portal/roles").status_code == 200


def test_it_is_no_error_to_log_out_twice(zhangwei, heard):
    browser = Client()
    browser.force_login(zhangwei)
    browser.post("/itportal/logout")
    assert browser.post("/itportal/logout").status_code == 303
    assert len(heard) == 1


def test_it_does_not_log_out_by_a_link(zhangwei):
    browser = Client()
    browser.force_login(zhangwei)
    assert browser.get("/itportal/logout").status_code == 405
    assert browser.get("/api/portal/roles").status_code == 200


def test_it_refuses_a_logout_from_a_foreign_page(zhangwei):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(zhangwei)
    assert browser.post("/itportal/logout").status_code == 403


def test_it_stays_on_a_page_after_the_logout(db):
    answer = Client(headers={"accept": "text/html"}).get("/itportal/signed-out")
    assert answer.status_code == 200
    assert "/itportal/" in answer.content.decode()


def test_an_answer_to_an_old_cookie_does_not_delete_the_new_one(client, zhangwei):
    client.force_login(zhangwei)
    # Another tab signs in and ends this session; this request was on its way with the old cookie.
    client.session.delete()
    answer = client.get("/itdesk/unread", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "sessionid" not in answer.cookies


def test_signing_out_deletes_the_cookie(client, zhangwei):
    client.force_login(zhangwei)
    answer = client.post("/itportal/logout")
    assert answer.cookies["sessionid"].value == ""
