"""The way out: a proxy where there is one, and an end to every answer."""

import threading
import time

import pytest

from wecom import exchange
from wecom.client import Client
from wecom.errors import WecomError


def test_it_goes_through_the_proxy_that_the_settings_name(strict, settings, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    strict.answers["user/get"] = {"errcode": 0, "userid": "lina"}
    assert Client().user("lina")  # nothing is taken from the environment
    settings.WECOM_PROXY = strict.base.removesuffix("/cgi-bin")
    settings.WECOM_API_BASE = "http://wecom.invalid/cgi-bin"  # nobody but the proxy could know this host
    assert Client().user("lina")
    assert strict.count("gettoken") == 2


@pytest.mark.parametrize("base", ["http://wecom.invalid/cgi-bin", "https://wecom.invalid/cgi-bin"])
def test_it_knows_that_nothing_left_when_the_proxy_is_dead(strict, settings, base):
    settings.WECOM_API_BASE, settings.WECOM_PROXY = base, "http://user:canary@127.0.0.1:9"
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.code, caught.value.uncertain) == ("unreachable", False)


def test_it_gives_up_an_answer_that_trickles(strict, monkeypatch):
    monkeypatch.setattr(exchange, "SLOWEST", 0.2)
    hold = threading.Event()

    class Trickle:
        """As long as a file, one byte at a time."""

        def __len__(self):
            return 10_000

        def __iter__(self):
            while not hold.wait(0.02):
                yield b" "

    strict.answers["user/get"] = lambda query, body: (200, {"Content-Type": "application/json"}, Trickle())
    began = time.monotonic()
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    hold.set()
    assert caught.value.code == "interrupted"
    assert time.monotonic() - began < 5


def test_it_knows_an_answer_that_was_cut_off(strict):
    cut = {"Content-Type": "application/json", "Content-Length": "500", "Connection": "close"}
    strict.answers["user/get"] = lambda query, body: (200, cut, b'{"errcode": 0}')
    with pytest.raises(WecomError) as caught:
        Client().user("lina")
    assert (caught.value.code, caught.value.uncertain) == ("interrupted", True)


@pytest.mark.parametrize("clock", [0, 3600, -3600])
def test_it_compares_the_clocks_without_any_token(strict, clock):
    strict.clock = clock
    ahead, from_ip = exchange.probe(strict.base)
    assert ahead == pytest.approx(-clock, abs=3)
    assert from_ip == "203.0.113.9"
    assert strict.tokens == []
