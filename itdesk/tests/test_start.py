"""A start with a wrong value ends with one plain line that names it, and nothing half-open."""

import pytest

from .processes import PRODUCTION, run

MALFORMED = [
    ("DJANGO_DEBUG", "perhaps"),
    ("WECOM_SIMULATOR", "2"),
    ("HSTS_INCLUDE_SUBDOMAINS", "ja"),
    ("DJANGO_ALLOWED_HOSTS", ","),
    ("DJANGO_ALLOWED_HOSTS", "*"),
    ("DJANGO_ALLOWED_HOSTS", ".example.com"),
    ("DJANGO_ALLOWED_HOSTS", "https://desk.example.com"),
    ("DJANGO_ALLOWED_HOSTS", "desk.example.com:8443"),
    ("DJANGO_SECRET_KEY", "short"),
    ("DJANGO_SECRET_KEY_FALLBACKS", "short"),
    ("SITE_URL", "desk.example.com"),
    ("SITE_URL", "ftp://desk.example.com"),
    ("SITE_URL", "https://desk.example.com:port"),
    ("DATABASE_URL", "mysql://desk@localhost/desk"),
    ("DATABASE_URL", "desk.sqlite3"),
    ("DATABASE_URL", "postgresql://localhost"),
    ("DATABASE_URL", "postgresql://desk@localhost:port/desk"),
    ("DATABASE_POOL_SIZE", "many"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "redis://localhost:port/0"),
    ("MESSAGE_MAX_CHARS", "8k"),
    ("MESSAGE_MAX_CHARS", "0"),
    ("MESSAGE_MAX_CHARS", "-1"),
    ("MESSAGE_MAX_CHARS", "８０００"),
    ("ATTACHMENT_MAX_MB", "big"),
    ("UPLOAD_QUOTA_MB", "0"),
    ("DISK_FLOOR_MB", "-1"),
    ("FILES_ACCEL", "protected"),
    ("FILES_ACCEL", "/protected"),
    ("FILES_ACCEL", "https://desk.example.com/protected/"),
    ("FILES_ACCEL", "/a/../b/"),
    ("S3_BUCKET", "desk"),  # without the package that it needs
    ("SCAN_COMMAND", "clamdscan 'unfinished"),
    ("SCAN_SECONDS", "soon"),
    ("RATE_SEND", "30"),
    ("RATE_SEND", "30/w"),
    ("RATE_SEND", "30/0m"),
    ("RATE_UPLOAD", "/m"),
    ("RATE_LOGIN", "ten/m"),
    ("RATE_ASSISTANT", "10/-5m"),
    ("RATE_CALLBACK", "60"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("LOG_LEVEL", "LOUD"),
    ("WECOM_AGENT_ID", "desk"),
    ("WECOM_API_BASE", "qyapi.example.com"),
    ("WECOM_PROXY", "proxy.example.com:3128"),
    ("WECOM_CALLBACK_AES_KEY", "a" * 42),
    ("WECOM_CALLBACK_AES_KEY", "a" * 42 + "="),
    ("WECOM_CALLBACK_TOKEN", "a" * 33),
    ("WECOM_CALLBACK_TOKEN", "not-alnum"),
    ("WECOM_CALLBACK_TOKEN", "令牌"),
    ("WECOM_CALLBACK_TOKEN_OLD", "a" * 33),
    ("WECOM_CALLBACK_AES_KEY_OLD", "a" * 44),
    ("DIFY_API_BASE", "dify"),
    ("OPENAI_API_BASE", "http://"),
    ("DATA_DIR", "/dev/null/data"),
    ("FILE_UPLOAD_TEMP_DIR", "/dev/null/incoming"),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED, ids=[f"{name}={value[:24]}" for name, value in MALFORMED])
def test_it_stops_with_one_line_that_names_the_value(tmp_path, name, value):
    done = run("-c", "import itdesk.settings", **{"data_dir": tmp_path, name: value})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith(f"{name}: ")


@pytest.mark.parametrize("suffix", ["", "_OLD"])
def test_it_names_the_callback_key_that_is_missing(tmp_path, suffix):
    names = f"WECOM_CALLBACK_TOKEN{suffix}", f"WECOM_CALLBACK_AES_KEY{suffix}"
    for given, missing, value in ((names[0], names[1], "abc"), (names[1], names[0], "a" * 43)):
        done = run("-c", "import itdesk.settings", **{"data_dir": tmp_path, given: value})
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
        assert done.stderr.startswith(f"{missing}: ")


PRODUCTION_ONLY = [
    ({"DJANGO_SECRET_KEY": ""}, "DJANGO_SECRET_KEY"),
    ({"WECOM_SIMULATOR": "true"}, "WECOM_SIMULATOR"),
    ({"DJANGO_DEBUG": "true"}, "DJANGO_DEBUG"),
    ({"SITE_URL": "http://desk.example.com"}, "SITE_URL"),
    ({"ITDESK_FAULT": "m1:kill"}, "ITDESK_FAULT"),
]


@pytest.mark.parametrize(("wrong", "name"), PRODUCTION_ONLY, ids=[name for _, name in PRODUCTION_ONLY])
def test_it_refuses_in_production_what_a_laptop_may_do(tmp_path, wrong, name):
    done = run("-c", "import itdesk.settings", data_dir=tmp_path, **PRODUCTION | wrong)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert done.stderr.startswith(f"{name}: ")


STARTS = [
    ["manage.py", "serve", "--port", "0"],
    ["manage.py", "runserver", "0"],
    ["manage.py", "work"],
    ["manage.py", "migrate"],
    ["manage.py", "check"],
    ["manage.py", "demo"],
    ["-m", "daphne", "-p", "0", "itdesk.asgi:application"],
    ["-c", "import itdesk.asgi"],
]


def refused_simulator(words, tmp_path, hosts):
    done = run(*words, data_dir=tmp_path, **PRODUCTION | {"WECOM_SIMULATOR": "true", "DJANGO_ALLOWED_HOSTS": hosts})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("WECOM_SIMULATOR: ")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.sqlite3"))


@pytest.mark.parametrize("words", STARTS, ids=[" ".join(words) for words in STARTS])
def test_nothing_starts_with_the_simulator_under_a_real_name(tmp_path, words):
    refused_simulator(words, tmp_path, "desk.example.com")


@pytest.mark.parametrize("hosts", ["127.0.0.1,desk.example.com", "0.0.0.0", "192.168.1.5", "localhost.example.com"])
def test_no_other_name_is_taken_for_a_laptop(tmp_path, hosts):
    refused_simulator(["-c", "import itdesk.settings"], tmp_path, hosts)


def test_it_starts_on_a_laptop_with_nothing_set(tmp_path):
    assert run("-c", "import itdesk.settings", data_dir=tmp_path).returncode == 0
    assert len((tmp_path / "secret_key").read_text()) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_it_keeps_the_key_it_made(tmp_path):
    run("-c", "import itdesk.settings", data_dir=tmp_path)
    made = (tmp_path / "secret_key").read_text()
    script = "import itdesk.settings as s; print(s.SECRET_KEY)"
    assert run("-c", script, data_dir=tmp_path).stdout.strip() == made
