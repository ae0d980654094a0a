"""Reads the environment once; a missing or malformed value ends the start with one line that names it."""

import base64
import hashlib
import hmac
import os
import re
import shlex
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import environ
from redis.connection import parse_url

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]")
LOCATION = re.compile(r"/([A-Za-z0-9_-]+/)+")
RATE = re.compile(r"[0-9]{1,9}/([1-9][0-9]{0,5})?[smhd]")
LOG_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})

env = environ.Env()


class Malformed(SystemExit):
    """Ends the process with one readable line and exit status 1."""

    def __init__(self, name, reason):
        super().__init__(f"{name}: {reason}")


def load_file():
    """Read `.env` beside manage.py, if there is one; real environment variables win."""
    path = BASE_DIR / ".env"
    if path.exists():
        environ.Env.read_env(path, encoding="utf-8")


def text(name, default=""):
    return env.str(name, default).strip()


def flag(name, default=False):
    raw = text(name, "true" if default else "false").lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off", ""}:
        return False
    raise Malformed(name, "must be true or false")


def word(name, default, allowed):
    """One of the words in `allowed`, in small letters."""
    raw = text(name, default).lower()
    if raw not in allowed:
        raise Malformed(name, f"must be one of {', '.join(sorted(allowed))}")
    return raw


def number(name, default, at_least=1):
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or int(raw) < at_least:
        raise Malformed(name, f"must be a whole number of at least {at_least}")
    return int(raw)


def hosts(name, default):
    """Exact host names. A pattern (`*`, `.example.com`) would let anybody's name through (RELIABILITY B3)."""
    found = [part.strip() for part in text(name, default).split(",") if part.strip()]
    if not found:
        raise Malformed(name, "names no host")
    for host in found:
        if not HOST_NAME.fullmatch(host):
            raise Malformed(name, "must list exact host names, without *, scheme, port or path")
    return found


def rate(name, default):
    """A rate as django-ratelimit writes it: `30/m`, `20/10m`."""
    raw = text(name, default)
    if not RATE.fullmatch(raw):
        raise Malformed(name, "must look like 30/m or 20/10m")
    return raw


def choice(name, default, allowed):
    raw = text(name, default).upper()
    if raw not in allowed:
        raise Malformed(name, f"must be one of {', '.join(sorted(allowed))}")
    return raw


def time_zone(name, default):
    raw = text(name, default)
    if raw not in zoneinfo.available_timezones():
        raise Malformed(name, "must be a time zone such as Asia/Shanghai")
    return raw


def folder(name, default):
    """A folder that exists afterwards and can be written."""
    path = Path(text(name, str(default)))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Malformed(name, f"the folder cannot be made ({error.strerror})") from None
    if not os.access(path, os.W_OK):
        raise Malformed(name, "the folder cannot be written")
    return path


def secret_keys(name):
    """Former keys, separated by commas; cookies signed by them stay good while a key is changed."""
    found = [part.strip() for part in text(name).split(",") if part.strip()]
    if any(len(key) < 50 for key in found):
        raise Malformed(name, "each key must have at least 50 characters")
    return found


def web_address(name, default=""):
    """An http(s) address without a trailing slash, or the empty text."""
    raw = text(name, default).rstrip("/")
    try:
        parts = urlsplit(raw)
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, an address in broken brackets
        good = False
    if raw and not good:
        raise Malformed(name, "must start with http:// or https:// and name a host")
    return raw


def command(name):
    """The words of a command line, none when it is not set."""
    try:
        return shlex.split(text(name), posix=os.name == "posix")
    except ValueError as error:
        raise Malformed(name, f"is not a command line ({error})") from None


def location(name):
    """A path of our own host that begins and ends with `/`, or the empty text."""
    raw = text(name)
    if raw and not LOCATION.fullmatch(raw):
        raise Malformed(name, "must look like /protected/")
    return raw


def aes_key(name, default=""):
    """WeCom's EncodingAESKey: 43 letters and digits, or the empty text."""
    raw = text(name, default)
    if raw and not (len(raw) == 43 and raw.isascii() and raw.isalnum()):
        raise Malformed(name, "must be the 43 letters and digits that WeCom shows")
    return raw


def simulated_callback(secret_key):
    """The callback's (Token, EncodingAESKey) for the simulator: good for this installation alone, the same at each start."""
    digests = [hmac.new(secret_key.encode(), part, hashlib.sha512).digest() for part in (b"token", b"aes key")]
    token, key = (
        base64.b64encode(each).decode().replace("+", "0").replace("/", "1").replace("=", "") for each in digests
    )
    return token[:32], key[:43]


def callback_keys(suffix="", token="", key=""):
    """WeCom's Token and EncodingAESKey of one callback; both, or neither (then both are empty)."""
    names = f"WECOM_CALLBACK_TOKEN{suffix}", f"WECOM_CALLBACK_AES_KEY{suffix}"
    keys = callback_token(names[0], token), aes_key(names[1], key)
    for name, other, found in zip(names, reversed(names), keys, strict=True):
        if not found and any(keys):
            raise Malformed(name, f"is missing; {other} is of no use without it")
    return keys


def callback_token(name, default=""):
    raw = text(name, default)
    if raw and not (len(raw) <= 32 and raw.isascii() and raw.isalnum()):
        raise Malformed(name, "must be the letters and digits, at most 32, that WeCom shows")
    return raw


def database(name, default):
    raw = text(name, default)
    if raw.partition(":")[0] not in {"sqlite", "postgres", "postgresql"}:
        raise Malformed(name, "must be sqlite:///path or postgresql://…")
    try:
        found = env.db_url_config(raw)
    except Exception:
        raise Malformed(name, "is not a database address") from None
    if not found["NAME"]:
        raise Malformed(name, "names no database")
    return found


def redis_address(name):
    raw = text(name)
    if raw and not (raw.startswith(("redis://", "rediss://", "unix://")) and _is_redis(raw)):
        raise Malformed(name, "must be redis://…, rediss://… or unix://…")
    return raw


def _is_redis(raw):
    try:
        return bool(parse_url(raw))
    except ValueError:
        return False
