"""The administrator with a password, for the day when WeCom does not let anybody in."""

import io

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import roles
from accounts.models import AuditEntry, User

PASSWORD = "correct-horse-battery"  # noqa: S105
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


def create(monkeypatch, name="keeper", password=PASSWORD):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_breakglass", name, stdout=io.StringIO())


@pytest.fixture
def keeper(db, monkeypatch):
    create(monkeypatch)
    return User.objects.get(userid="keeper")


def attempt(name, password, browser=None, **extra):
    browser = browser or Client(headers={"accept": "text/html"})
    return browser.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **extra)


def test_it_signs_in_with_the_password(keeper):
    browser = Client(headers={"accept": "text/html"})
    assert attempt("Keeper", PASSWORD, browser)["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200
    assert browser.session.get_expiry_age() <= 12 * 3600
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")  # no script reads it


def test_it_writes_down_that_it_was_made(keeper):
    actions = AuditEntry.objects.filter(subject=keeper).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["breakglass.created", "role.granted"]


@pytest.mark.parametrize("password", ["short-13-char", "", "password123456"])
def test_it_refuses_a_weak_password(db, monkeypatch, password):
    with pytest.raises(CommandError):
        create(monkeypatch, password=password)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["a@b", "two words", "", "名字"])
def test_it_refuses_a_name_that_could_be_a_member(db, monkeypatch, name):
    with pytest.raises(CommandError):
        create(monkeypatch, name=name)


def test_it_ends_old_sessions_with_a_new_password(keeper, monkeypatch):
    browser = Client(headers={"accept": "application/json"})
    browser.force_login(keeper)
    create(monkeypatch, password="another-long-phrase")
    assert browser.get("/api/portal/roles").status_code == 401
    assert attempt("keeper", PASSWORD).status_code == 200
    assert attempt("keeper", "another-long-phrase").status_code == 302


def test_it_lets_no_member_in_by_password(zhaomin):
    zhaomin.set_password(PASSWORD)
    zhaomin.save()
    for name in (zhaomin.userid, zhaomin.username):
        assert attempt(name, PASSWORD).status_code == 200  # the form again


def test_it_is_shut_for_who_lost_the_role(keeper):
    roles.revoke(keeper, "admin", channel="command")
    assert attempt("keeper", PASSWORD).status_code == 200


def test_it_is_shut_for_who_was_made_inactive(keeper):
    roles.deactivate(keeper, channel="command")
    assert attempt("keeper", PASSWORD).status_code == 200


def test_it_answers_alike_for_a_name_that_exists_and_one_that_does_not(keeper):
    def words(name):
        page = attempt(name, "wrong-wrong-wrong").content.decode()
        return page[page.index("errornote") :].split("</p>")[0]

    assert words("keeper") == words("nobody")


def test_it_stops_after_five_wrong_passwords_even_for_the_right_one(keeper):
    assert [attempt("keeper", "wrong-wrong-wrong").status_code for _ in range(5)] == [200] * 5
    refused = attempt("KEEPER", PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 15 * 60 + 1


def test_it_stops_the_guesser_and_not_the_owner_elsewhere(keeper):
    for _ in range(6):
        attempt("keeper", "wrong-wrong-wrong", REMOTE_ADDR="10.0.0.1")
    assert attempt("keeper", PASSWORD, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_it_limits_one_address_whatever_names_it_tries(keeper, settings):
    settings.RATE_LOGIN = "10/m"
    found = [attempt(f"name{n}", "wrong-wrong-wrong").status_code for n in range(12)]
    assert found == [200] * 10 + [429] * 2


def test_it_never_counts_right_passwords_as_wrong(keeper):
    for _ in range(8):
        assert attempt("keeper", PASSWORD).status_code == 302


def test_its_page_shows_the_way_through_wecom(db):
    page = Client(headers={"accept": "text/html"}).get("/admin/", follow=True)
    assert page.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert 'href="/wecom/login?next=/admin/"' in page.content.decode()


def test_it_sends_nobody_off_site(keeper):
    browser = Client()
    answer = browser.post(LOGIN, {"username": "keeper", "password": PASSWORD, "next": "//evil.example/"})
    assert answer["Location"] == "/itportal/"
