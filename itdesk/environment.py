"""Reads the environment once; a missing or malformed value ends the start with one line that names it."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
RATE_UNITS = "smhd"

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


def number(name, default, at_least=1):
    raw = text(name, str(default))
    if not raw.isascii() or not raw.isdigit() or int(raw) < at_least:
        raise Malformed(name, f"must be a whole number of at least {at_least}")
    return int(raw)


def names(name, default):
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def rate(name, default):
    """A rate as django-ratelimit writes it: `30/m`, `20/10m`."""
    raw = text(name, default)
    count, slash, period = raw.partition("/")
    if not (slash and count.isdigit() and period and period[-1] in RATE_UNITS and (period[:-1] or "1").isdigit()):
        raise Malformed(name, "must look like 30/m or 20/10m")
    return raw


def web_address(name, default=""):
    """An http(s) address without a trailing slash, or the empty text."""
    raw = text(name, default).rstrip("/")
    if raw and (urlsplit(raw).scheme not in {"http", "https"} or not urlsplit(raw).hostname):
        raise Malformed(name, "must start with http:// or https:// and name a host")
    return raw


def database(name, default):
    raw = text(name, default)
    if urlsplit(raw).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise Malformed(name, "must be sqlite:///path or postgresql://…")
    try:
        return env.db_url_config(raw)
    except Exception:
        raise Malformed(name, "is not a database address") from None


def redis_address(name):
    raw = text(name)
    if raw and urlsplit(raw).scheme not in {"redis", "rediss", "unix"}:
        raise Malformed(name, "must be redis://…, rediss://… or unix://…")
    return raw


def running(*commands):
    """Whether this process is one of these management commands."""
    return len(sys.argv) > 1 and sys.argv[1] in commands
