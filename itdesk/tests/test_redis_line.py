"""A line to Redis that is dead is an error, and not the answer that nothing has come yet."""

import asyncio
import errno

import pytest
import redis.exceptions

from itdesk.redis_line import options_of


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379/3", "unix:///run/redis.sock?db=3", "rediss://127.0.0.1:6379/3"]
)
async def test_a_line_that_the_kernel_gave_up_is_an_error(url):
    options = options_of(url)
    line = options.pop("connection_class")(**options)
    line._reader = reader = asyncio.StreamReader()
    line._parser.on_connect(line)
    assert await line.read_response(timeout=0.01, disconnect_on_error=False) is None  # nothing has come yet
    reader.set_exception(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))
    with pytest.raises(redis.exceptions.ConnectionError):
        await line.read_response(timeout=0.01, disconnect_on_error=False)


def test_the_address_says_the_rest():
    options = options_of("redis://desk:secret@redis.example:6380/7")
    told = {name: options[name] for name in ("host", "port", "db", "username", "password")}
    assert told == {"host": "redis.example", "port": 6380, "db": 7, "username": "desk", "password": "secret"}
