"""Nothing secret reaches a log line, whichever way it got into the record."""

import json
import logging

import pytest

from itdesk import logs

CANARY = "CANARY0123456789abcdef"
LEAKS = [
    f"GET https://qyapi.example.com/cgi-bin/user/get?access_token={CANARY}&userid=zhangwei",
    f"corpsecret={CANARY}",
    f"{{'access_token': '{CANARY}', 'expires_in': 7200}}",
    f'{{"secret": "{CANARY}"}}',
    f"Authorization: Bearer {CANARY}",
    f"Authorization: Basic {CANARY}",
    f"Cookie: __Host-sessionid={CANARY}; csrftoken={CANARY}",
    f"callback?code={CANARY}&state=1",
    f"redis://:{CANARY}@127.0.0.1:6379/0",
    f"postgresql://desk:{CANARY}@db/desk",
    f"password = {CANARY}",
    f"X-CSRFToken: {CANARY}",
    f"msg_signature={CANARY}",
    f"EncodingAESKey={CANARY}",
    f"OPENAI_API_KEY={CANARY}",
]


@pytest.fixture(
    params=[logs.LineFormatter("%(levelname)s [%(request_id)s] %(message)s"), logs.JsonFormatter()],
    ids=["line", "json"],
)
def formatter(request):
    return request.param


def record(text, *args, exc_info=None):
    return logging.LogRecord("desk", logging.ERROR, __file__, 1, text, args, exc_info)


@pytest.mark.parametrize("text", LEAKS)
def test_it_masks_a_secret_in_the_text(formatter, text):
    assert CANARY not in formatter.format(record(text))


@pytest.mark.parametrize("text", LEAKS)
def test_it_masks_a_secret_in_the_arguments(formatter, text):
    assert CANARY not in formatter.format(record("failed: %s", text))


@pytest.mark.parametrize("text", LEAKS)
def test_it_masks_a_secret_in_a_traceback(formatter, text):
    try:
        raise ValueError(text)
    except ValueError as error:
        line = formatter.format(record("failed", exc_info=(ValueError, error, error.__traceback__)))
    assert CANARY not in line
    assert "ValueError" in line


@pytest.mark.parametrize("text", ["errcode=40029", "code=40029 invalid code", "token refreshed", "status code: 200"])
def test_it_leaves_what_an_operator_needs_to_read(formatter, text):
    assert text in formatter.format(record(text))


def test_it_writes_one_object_a_line():
    logs.request_id.set("ab12cd34")
    line = logs.JsonFormatter().format(record("two\nlines of 中文"))
    assert "\n" not in line
    found = json.loads(line)
    assert (found["request_id"], found["message"], found["level"]) == ("ab12cd34", "two\nlines of 中文", "ERROR")
