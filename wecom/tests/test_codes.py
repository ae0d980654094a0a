"""What each of WeCom's codes makes the client do, over real HTTP (WECOM 1)."""

import pytest

from wecom import codes, errors
from wecom.client import Client, trouble
from wecom.errors import WecomError

from .strict_wecom import OUTSIDE

LISTED = {
    codes.PASSING: {-1, 45009, 45033},
    codes.STALE: {40014, 41001, 42001},
    codes.LOGIN: {40029, 42003},
    codes.SETTINGS: {40001, 40091, 40013, 50001, 40056, 301002, 48002, 48009, 50003, 60020, 80001},
    codes.CALLBACK: {43012},
    codes.NOBODY: {40003, 60111, 46004, 60011, 81013, 301021},
    codes.MEDIA_LOST: {40007},
    codes.MEDIA_BAD: {40004, 40005, 40006, 40008, 40009, 44001, 45001},
    codes.CARD_SPENT: {60140, 42014, 42016},
    codes.SIGNATURE: {40093, 42012},
    codes.FAULTY: {40033, 40035, 40058, 43002, 44004, 45002, 47001, 82001},
}
WAITS = {codes.PASSING, codes.STALE, codes.SETTINGS}
EVERY = [(kind, code) for kind, numbers in LISTED.items() for code in sorted(numbers)]


def test_it_lists_every_code_of_the_facts_sheet():
    assert {code: entry.kind for code, entry in codes.CODES.items()} == {code: kind for kind, code in EVERY}


@pytest.mark.parametrize(("kind", "code"), EVERY)
def test_it_goes_on_as_the_code_says(strict, kind, code):
    strict.answers["user/get"] = strict.no(code, "no")
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    error = caught.value
    assert (error.code, error.kind, error.permanent) == (code, kind, kind not in WAITS)
    assert error.meaning
    assert error.reaction
    # A refused token is fetched anew and tried once more; nothing else is ever tried again in here.
    again = code in errors.TOKEN_STALE
    assert (strict.count("user/get"), strict.count("gettoken")) == ((2, 2) if again else (1, 1))
    assert error.misconfigured == (kind in {codes.SETTINGS, codes.CALLBACK})
    found = trouble()
    assert (found.code, found.from_ip) == (str(code), OUTSIDE) if kind in WAITS else found is None


def test_it_keeps_two_facts_of_the_long_text_and_logs_the_whole(strict, caplog):
    caplog.set_level("INFO")
    strict.answers["user/get"] = strict.no(60020, "not allow to access from your ip")
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.from_ip, caught.value.hint) == (OUTSIDE, "1700000000123456789")
    assert f"hint: [1700000000123456789], from ip: {OUTSIDE}" in caplog.text
    alarms = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(alarms) == 1
    assert "60020" in alarms[0].getMessage()


@pytest.mark.parametrize("text", ["from ip: 999.1.1.1,", "from ip: <script>", "from ip:", ""])
def test_it_takes_only_an_address_for_an_address(strict, text):
    strict.answers["user/get"] = {"errcode": 60020, "errmsg": text}
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.from_ip, caught.value.hint) == ("", "")


def test_it_waits_for_a_code_that_nobody_knows(strict):
    strict.answers["user/get"] = strict.no(99_999, "new")
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.permanent, caught.value.retry_after) == (False, 60)


@pytest.mark.parametrize(("status", "uncertain"), [(500, True), (502, True), (503, False), (504, True), (302, False)])
def test_it_knows_which_failure_may_have_been_a_success(strict, status, uncertain):
    strict.answers["message/send"] = lambda query, body: (status, {}, b"<html>")
    with pytest.raises(WecomError) as caught:
        Client().send_message({"touser": "lina"})
    assert (caught.value.code, caught.value.uncertain) == (f"http {status}", uncertain)
    assert strict.count("message/send") == 1


def test_it_says_since_when_it_fails_and_forgets_when_it_works(strict):
    strict.answers["user/get"] = strict.no(60020, "ip")
    with pytest.raises(WecomError):
        Client().user("lina")
    since = trouble().since
    strict.answers["user/get"] = strict.no(50003, "app disabled")
    with pytest.raises(WecomError):
        Client().user("lina")
    assert (trouble().since, trouble().code) == (since, "50003")
    strict.answers["user/get"] = {"errcode": 0, "userid": "lina"}
    Client().user("lina")
    assert trouble() is None
