"""Each setting of RELIABILITY 5.1 as a production process has it, and Django's own opinion of the whole."""

import pytest

from .processes import PRODUCTION, run, settings_of

HARDENED = {
    "DEBUG": False,
    "ALLOWED_HOSTS": ["desk.example.com"],
    "CSRF_TRUSTED_ORIGINS": ["https://desk.example.com"],
    "SITE_URL": "https://desk.example.com",
    "WECOM_SIMULATOR": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
    "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
    "SECURE_REFERRER_POLICY": "same-origin",
    "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
    "X_FRAME_OPTIONS": "DENY",
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_AGE": 604_800,
    "SESSION_SAVE_EVERY_REQUEST": False,
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_FAILURE_VIEW": "itdesk.errors.csrf_failure",
    "FILE_UPLOAD_MAX_MEMORY_SIZE": 1_048_576,
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 262_144,
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 200,
    "DATA_UPLOAD_MAX_NUMBER_FILES": 20,
    "FILE_UPLOAD_PERMISSIONS": 0o640,
    "RATE_SEND": "30/m",
    "RATE_UPLOAD": "20/10m",
    "UPLOAD_QUOTA_BYTES": 209_715_200,
    "RATE_LOGIN": "10/m",
    "RATE_ASSISTANT": "10/m",
    "RATELIMIT_IP_META_KEY": "accounts.limits.client_address",
    "MESSAGE_MAX_CHARS": 8000,
}
# Django's own defaults that must not be touched: present in the settings only if somebody weakened them.
UNTOUCHED = {
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "USE_X_FORWARDED_HOST": False,
    "USE_X_FORWARDED_PORT": False,
    "CSRF_USE_SESSIONS": False,
    "RATELIMIT_ENABLE": True,
}
REAL_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "blob:", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'", "wss://desk.example.com"],
    "manifest-src": ["'self'"],
    "frame-src": ["'none'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    return settings_of(tmp_path_factory.mktemp("production"), **PRODUCTION)


@pytest.mark.parametrize("name", HARDENED)
def test_it_is_hardened(production, name):
    assert production[name] == HARDENED[name]


@pytest.mark.parametrize("name", UNTOUCHED)
def test_it_keeps_a_safe_default(production, name):
    assert production.get(name, UNTOUCHED[name]) == UNTOUCHED[name]


def test_its_pages_may_load_only_what_is_ours(production):
    policy = production["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy == REAL_CSP
    assert not [word for words in policy.values() for word in words if "unsafe" in word]


def test_its_sqlite_waits_for_the_lock_and_survives_a_power_cut(production):
    options = production["DATABASES"]["default"]["OPTIONS"]
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        assert f"PRAGMA {pragma};" in options["init_command"]
    assert not production["DATABASES"]["default"].get("ATOMIC_REQUESTS")


def test_its_postgresql_has_bounded_connections_and_queries(tmp_path):
    found = settings_of(tmp_path, **PRODUCTION, DATABASE_URL="postgresql://desk:pw@127.0.0.1/desk")["DATABASES"][
        "default"
    ]
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (0, True)
    assert found["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 12, "timeout": 5, "reconnect_timeout": 2}
    for limit in ("statement_timeout=5000", "lock_timeout=3000", "idle_in_transaction_session_timeout=15000"):
        assert limit in found["OPTIONS"]["options"]


def test_its_sessions_outlive_a_dead_redis(tmp_path):
    found = settings_of(tmp_path, **PRODUCTION, REDIS_URL="redis://127.0.0.1:6379/0")
    assert found["SESSION_ENGINE"] == "django.contrib.sessions.backends.db"
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert found["CACHES"]["default"]["OPTIONS"] == {"socket_connect_timeout": 1, "socket_timeout": 1}


def test_its_passwords_are_long_and_slow_to_guess(production):
    assert production["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
    assert production["AUTH_PASSWORD_VALIDATORS"][0]["OPTIONS"] == {"min_length": 14}


def test_its_doors_stand_in_the_right_order(production):
    wanted = [
        "RequestId",
        "ClientAddress",
        "SecurityMiddleware",
        "CSPMiddleware",
        "XFrameOptionsMiddleware",
        "PrivatePages",
        "NoTokenInAddress",
        "SessionCookie",
        "CsrfViewMiddleware",
        "AuthenticationMiddleware",
        "SignedIn",
    ]
    names = [path.rpartition(".")[2] for path in production["MIDDLEWARE"]]
    assert [name for name in names if name in wanted] == wanted


def test_its_uploads_wait_on_the_disk_of_the_data(production):
    assert "incoming" in production["FILE_UPLOAD_TEMP_DIR"]


def test_its_log_is_json(production):
    assert production["LOGGING"]["handlers"]["console"]["formatter"] == "json"


def test_a_laptop_speaks_plain_http(tmp_path):
    found = settings_of(tmp_path)
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == ("sessionid", False)
    assert (found["SECURE_SSL_REDIRECT"], found["SECURE_HSTS_SECONDS"]) == (False, 0)
    assert (found["WECOM_SIMULATOR"], found["X_FRAME_OPTIONS"]) == (False, "DENY")


def test_a_former_key_keeps_people_signed_in(tmp_path):
    former = "former-" + "q8Z1" * 12
    assert settings_of(tmp_path, **PRODUCTION, DJANGO_SECRET_KEY_FALLBACKS=former)["SECRET_KEY_FALLBACKS"] == [former]


@pytest.mark.parametrize("extra", [{}, {"REDIS_URL": "redis://127.0.0.1:6379/0"}], ids=["alone", "redis"])
def test_django_finds_nothing_to_say_about_a_production_installation(tmp_path, extra):
    words = ["manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default"]
    done = run(*words, data_dir=tmp_path, **PRODUCTION | extra)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


def test_it_starts_without_wecom_and_says_so(tmp_path):
    done = run("manage.py", "check", data_dir=tmp_path)
    assert done.returncode == 0
    assert "itdesk.W001" in done.stderr
    assert "WECOM_CORP_ID, WECOM_SECRET" in done.stderr
