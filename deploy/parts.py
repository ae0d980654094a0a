"""The real parts that tests use beside Python: Chromium, PostgreSQL, Redis. Finds them; installs a browser where it may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .machine import apt_install, may_install

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "{PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "{LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
)
POSTGRES = (
    "postgresql://postgres@127.0.0.1:5432/postgres",
    "postgresql://postgres:postgres@127.0.0.1:5432/postgres",
)
REDIS = "redis://127.0.0.1:6379"
ASK_POSTGRES = """
import psycopg, sys
with psycopg.connect(sys.argv[1], connect_timeout=5) as connection:
    may = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]
sys.exit(0 if may else "may not create databases")
"""
ASK_REDIS = """
import redis, sys
redis.Redis.from_url(sys.argv[1], socket_connect_timeout=5, socket_timeout=5).ping()
"""


def chromium():
    """Path of a Chromium that runs, installed from Debian where that is allowed; None where there is none."""
    found = find_chromium()
    if found is None and may_install():
        apt_install("chromium", "fonts-noto-cjk")
        found = find_chromium()
    elif found and sys.platform == "linux" and may_install() and not draws_chinese():
        apt_install("fonts-noto-cjk")
    return found


def find_chromium():
    given = os.environ.get("CHROMIUM")
    named = (shutil.which(name) for name in CHROMIUM_NAMES)
    placed = (place.format_map(Blank(os.environ)) for place in CHROMIUM_PLACES)
    return next((path for path in (given, *named, *placed) if path and Path(path).is_file()), None)


class Blank(dict):
    """A name that the environment does not have is an empty text."""

    def __missing__(self, name):
        return ""


def draws_chinese():
    """Whether some font holds Chinese; without one every page would be boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout.strip())


def postgres(python):
    """Address of a PostgreSQL where this person may create databases, or None."""
    given = os.environ.get("TEST_DATABASE_URL")
    return next((url for url in ([given] if given else POSTGRES) if answers(python, ASK_POSTGRES, url)), None)


def redis(python):
    """Address of a Redis, or None."""
    url = os.environ.get("TEST_REDIS_URL", REDIS)
    return url if answers(python, ASK_REDIS, url) else None


def answers(python, question, url):
    """Asked in `.venv`, which has the drivers; this process has the standard library alone."""
    return subprocess.run([str(python), "-c", question, url], capture_output=True, timeout=60).returncode == 0
