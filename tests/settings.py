"""Settings of the test run: the product's own, with plain static names and a database of this process alone."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("WECOM_SIMULATOR", "true")
os.environ.setdefault("ASSISTANT", "off")  # its own tests switch it on
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = str(Path(tempfile.gettempdir()) / f"itdesk-test-{os.getpid()}")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from itdesk.settings import *  # noqa: E402, F403
from itdesk.settings import DATA_DIR, DATABASES, REDIS_URL, STORAGES, TEMPLATES  # noqa: E402, F401

# Hashed names need collectstatic; the finders serve the sources as they are.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_SEND = RATE_ACTION = RATE_DRAFT = RATE_UPLOAD = RATE_LOGIN = RATE_CALLBACK = RATE_ASSISTANT = "100000/m"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: consumers and workers are other threads with connections of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_itdesk_{os.getpid()}"}
    DATABASES["default"]["OPTIONS"].pop("pool", None)
