"""The channel layer's connections to Redis, which say when the line is dead.

The kernel ends a line on which nothing comes back (a host that vanished, a firewall that forgot it) with ETIMEDOUT, in
Python a `TimeoutError`. redis-py takes that for the end of its own short wait and answers "nothing yet"; channels-redis asks
again at once, for ever, and the loop of the whole server stands still at full load.
"""

from redis.asyncio.connection import Connection, parse_url


def options_of(url):
    """What `channels_redis` needs for one host, from an address that `settings.REDIS_URL` may hold."""
    options = parse_url(url)
    kind = options.get("connection_class", Connection)
    return {**options, "connection_class": type(f"Honest{kind.__name__}", (Honest, kind), {})}


class Honest:
    """Mixin over a connection of redis-py."""

    async def _read_response_from_parser(self, *args, **options):
        try:
            return await super()._read_response_from_parser(*args, **options)
        except TimeoutError as error:
            if error.errno is None:  # redis-py's own wait
                raise
            raise ConnectionError(error.errno, "the line to Redis is dead") from error
