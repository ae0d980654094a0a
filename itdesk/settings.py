"""All settings, each read from the environment by `environment.py`. `docs/operations.md` lists them for people."""

import os
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from . import environment, redis_line
from .environment import BASE_DIR, LOOPBACK_NAMES, Malformed

environment.load_file()

# Where things lie ----------------------------------------------------------------------------------------------------
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "data")
MEDIA_ROOT = Path(environment.text("MEDIA_ROOT", str(DATA_DIR / "media")))
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Whom we serve -------------------------------------------------------------------------------------------------------
DEBUG = environment.flag("DJANGO_DEBUG")
WECOM_SIMULATOR = environment.flag("WECOM_SIMULATOR")
ALLOWED_HOSTS = environment.hosts("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
# A laptop speaks plain HTTP on loopback names only; everything else is production, with TLS and secure cookies.
LOOPBACK_ONLY = all(name in LOOPBACK_NAMES for name in ALLOWED_HOSTS)
if WECOM_SIMULATOR and not LOOPBACK_ONLY:
    # Here and not only as check E001: whatever starts the product, Daphne by itself included, must stop (RELIABILITY A5).
    raise Malformed("WECOM_SIMULATOR", "must be off where DJANGO_ALLOWED_HOSTS holds more than loopback names")
if DEBUG and not LOOPBACK_ONLY:
    raise Malformed("DJANGO_DEBUG", "must be off where DJANGO_ALLOWED_HOSTS holds more than loopback names")
# Moments at which tests make a process die (jobs/faults.py); in production not even the name may be set.
FAULT = environment.text("ITDESK_FAULT")
if FAULT and not WECOM_SIMULATOR:
    raise Malformed("ITDESK_FAULT", "is for tests alone; it is refused unless WECOM_SIMULATOR=true")
SITE_URL = environment.web_address("SITE_URL") or (
    "http://127.0.0.1:8000" if LOOPBACK_ONLY else f"https://{ALLOWED_HOSTS[0]}"
)
if not LOOPBACK_ONLY and not SITE_URL.startswith("https://"):
    raise Malformed("SITE_URL", "must start with https:// where a real host name is served")
CSRF_TRUSTED_ORIGINS = [] if LOOPBACK_ONLY else sorted({SITE_URL, *(f"https://{name}" for name in ALLOWED_HOSTS)})


def _secret_key():
    given = environment.text("DJANGO_SECRET_KEY")
    if given:
        if len(given) < 50:
            raise Malformed("DJANGO_SECRET_KEY", "must have at least 50 characters")
        return given
    if not LOOPBACK_ONLY:
        raise Malformed("DJANGO_SECRET_KEY", "is missing; production needs a random text of at least 50 characters")
    path = DATA_DIR / "secret_key"
    try:
        # O_EXCL: of two processes that start together one writes and the other reads.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = environment.secret_keys("DJANGO_SECRET_KEY_FALLBACKS")

# Parts ---------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "itdesk.apps.ItdeskConfig",
    "portal",
    "wecom",
    "assistant",
    "conversations",
    "knowledge",
    "jobs",
    "accounts",
    "django_ratelimit",
    "itdesk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "itdesk.middleware.RequestId",
    "itdesk.middleware.BusyDatabase",
    "itdesk.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "itdesk.middleware.PrivatePages",
    "itdesk.middleware.Utf8Only",
    "itdesk.middleware.NoTokenInAddress",
    "itdesk.middleware.SessionCookie",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Not an installed app: we vendor htmx, and its copy has module imports that no static file answers.
    "django_htmx.middleware.HtmxMiddleware",
]
if WECOM_SIMULATOR:
    # A phone drawn on a page has cookies of its own (before all that read any).
    MIDDLEWARE.insert(MIDDLEWARE.index("django.middleware.security.SecurityMiddleware"), "wecom.simulator.jar.PhoneJar")
ROOT_URLCONF = "itdesk.urls"
ASGI_APPLICATION = "itdesk.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "itdesk.context.site",
            ],
        },
    }
]

# Database ------------------------------------------------------------------------------------------------------------
DATABASES = {"default": environment.database("DATABASE_URL", f"sqlite:///{(DATA_DIR / 'desk.sqlite3').as_posix()}")}
DATABASE_POOL_SIZE = environment.number("DATABASE_POOL_SIZE", 12, at_least=2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Opening the file anew was a fifth of a send. `itdesk.handler` keeps the threads, and each keeps its connection.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a transaction that reads first and writes later must wait for the lock, not fail (RELIABILITY M6).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        # The pool's own pause between two tries to connect again doubles for five minutes: after an outage of ten it
        # would refuse for five more. A try that is given up early is begun anew by the next request.
        "pool": {"min_size": 2, "max_size": DATABASE_POOL_SIZE, "timeout": 5, "reconnect_timeout": 2},
        "connect_timeout": 5,
        "options": "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=15000",
    }

# Layer and cache -----------------------------------------------------------------------------------------------------
REDIS_URL = environment.redis_address("REDIS_URL")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [redis_line.options_of(REDIS_URL)],
                "prefix": environment.text("REDIS_PREFIX", "itdesk"),
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": environment.text("REDIS_PREFIX", "itdesk"),
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
else:
    CHANNEL_LAYERS = {
        # One channel carries all frames of the process: the default of 100 would drop in a burst (PERFORMANCE 5.5).
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000, "expiry": 30}}
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # The limits count here, one key a person: the default of 300 would forget people who are being limited.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# People --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.BreakGlassBackend", "accounts.backends.WecomBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/wecom/login"
LOGIN_REDIRECT_URL = "/itportal/"

# Sessions and cookies. Sessions live in the database: a dead Redis must not sign anybody out (CONTRACT 5.4). ----------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would drop the cookie on the way back from WeCom
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOOPBACK_ONLY
SESSION_COOKIE_NAME = "sessionid" if LOOPBACK_ONLY else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LOOPBACK_ONLY else "__Host-csrftoken"
CSRF_FAILURE_VIEW = "itdesk.errors.csrf_failure"

# Headers -------------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = not LOOPBACK_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if LOOPBACK_ONLY else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.flag("HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = False
SECURE_PROXY_SSL_HEADER = None if LOOPBACK_ONLY else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Sub-domains and preload are the firm's decision about its whole domain, not ours: the two warnings are answered here.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# The simulator's phone shows the desk in a frame of our own origin; nobody else ever may.
X_FRAME_OPTIONS = "SAMEORIGIN" if WECOM_SIMULATOR else "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "font-src": ["'self'"],
        # iOS 14's 'self' does not cover WebSockets of the same host (PACKAGES 4), so the host is named as well.
        "connect-src": ["'self'"] + [f"wss://{name}" for name in ALLOWED_HOSTS if not LOOPBACK_ONLY],
        "manifest-src": ["'self'"],
        "frame-src": ["'self'"] if WECOM_SIMULATOR else ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'self'"] if WECOM_SIMULATOR else ["'none'"],
    }
}

# Language and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.time_zone("TIME_ZONE", "Asia/Shanghai")

# Static files --------------------------------------------------------------------------------------------------------
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # nginx reads these as another user; the strict mode of uploads is not for them.
    "staticfiles": {"BACKEND": "itdesk.static.HashedStaticFiles", "OPTIONS": {"file_permissions_mode": 0o644}},
}
WHITENOISE_MAX_AGE = 3600

# Files of messages ---------------------------------------------------------------------------------------------------
S3_BUCKET = environment.text("S3_BUCKET")
if S3_BUCKET:
    if find_spec("storages") is None:
        raise Malformed("S3_BUCKET", "needs django-storages: pip install 'django-storages[s3]'")
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": environment.web_address("S3_ENDPOINT") or None,
            "region_name": environment.text("S3_REGION") or None,
            "access_key": environment.text("S3_ACCESS_KEY") or None,
            "secret_key": environment.text("S3_SECRET_KEY") or None,
            "default_acl": None,  # the bucket's own, which is private: every file goes through our permission check
            "file_overwrite": False,
        },
    }
# Where nginx hands out files itself after we have said yes (X-Accel-Redirect); empty: the desk sends them.
FILES_ACCEL = environment.location("FILES_ACCEL")
# User agents that hand a download to a program which carries no cookie: they are given an address for some minutes.
NATIVE_VIEWERS = r"wxwork/"
SCAN_COMMAND = environment.command("SCAN_COMMAND")
SCAN_SECONDS = environment.number("SCAN_SECONDS", 20)

# Sizes and rates -----------------------------------------------------------------------------------------------------
MESSAGE_MAX_CHARS = environment.number("MESSAGE_MAX_CHARS", 8000)
ATTACHMENT_MAX_BYTES = environment.number("ATTACHMENT_MAX_MB", 20) * 1024 * 1024
UPLOAD_QUOTA_BYTES = environment.number("UPLOAD_QUOTA_MB", 200) * 1024 * 1024  # one person's files of a day
DISK_FLOOR_BYTES = environment.number("DISK_FLOOR_MB", 200) * 1024 * 1024  # kept free: the database needs it
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_MAX_BYTES = 9 * ATTACHMENT_MAX_BYTES  # what one message may carry: nine files
FILE_UPLOAD_HANDLERS = [
    "itdesk.uploads.CountingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# On the disk of the data: a full /tmp must not break uploads, and moving a finished file costs nothing.
FILE_UPLOAD_TEMP_DIR = environment.folder("FILE_UPLOAD_TEMP_DIR", DATA_DIR / "incoming")
SOCKETS_PER_USER = environment.number("SOCKETS_PER_USER", 8)
PRESENCE_LEASE = environment.number("PRESENCE_LEASE", 25)  # seconds that a colleague counts as there after a sign
EMPLOYEE_SEES_READ = environment.flag("EMPLOYEE_SEES_READ")
# Told in `hello`, so that a page can know that the server it comes back to is of another build (WECOM 7).
BUILD_ID = environment.text("BUILD_ID", "dev")
RATE_SEND = environment.rate("RATE_SEND", "30/m")
RATE_DRAFT = environment.rate("RATE_DRAFT", "150/m")  # a page that is written in saves every 2 s
RATE_ACTION = environment.rate("RATE_ACTION", "60/m")
RATE_UPLOAD = environment.rate("RATE_UPLOAD", "20/10m")
RATE_LOGIN = environment.rate("RATE_LOGIN", "10/m")
RATE_CALLBACK = environment.rate("RATE_CALLBACK", "60/m")  # forgeries from one address; WeCom itself is never counted
RATE_ASSISTANT = environment.rate("RATE_ASSISTANT", "10/m")
RATELIMIT_IP_META_KEY = "accounts.limits.client_address"
if not REDIS_URL:
    # Memory of one process is the right place for the counters of one process; more than one is refused elsewhere.
    SILENCED_SYSTEM_CHECKS += ["django_ratelimit.E003", "django_ratelimit.W001"]
else:
    SILENCED_SYSTEM_CHECKS += ["django_ratelimit.W001"]

# WeCom ---------------------------------------------------------------------------------------------------------------
WECOM_CORP_ID = environment.text("WECOM_CORP_ID", "ww-demo" if WECOM_SIMULATOR else "")
WECOM_AGENT_ID = environment.number("WECOM_AGENT_ID", 1000002)
WECOM_DAILY_MESSAGES = environment.number("WECOM_DAILY_MESSAGES", 10_000)  # what we send in a day, whatever goes wrong
WECOM_SECRET = environment.text("WECOM_SECRET", "simulator-secret" if WECOM_SIMULATOR else "")
_SIMULATED_CALLBACK = environment.simulated_callback(SECRET_KEY) if WECOM_SIMULATOR else ("", "")
WECOM_CALLBACK_TOKEN, WECOM_CALLBACK_AES_KEY = environment.callback_keys("", *_SIMULATED_CALLBACK)
# The pair of before, while WeCom and the desk are given a new one: what comes sealed by it is still read.
WECOM_CALLBACK_TOKEN_OLD, WECOM_CALLBACK_AES_KEY_OLD = environment.callback_keys("_OLD")
WECOM_API_BASE = environment.web_address(
    "WECOM_API_BASE",
    f"{SITE_URL}/wecom/simulator/cgi-bin" if WECOM_SIMULATOR else "https://qyapi.weixin.qq.com/cgi-bin",
)
# The one way out to WeCom where the network has one; a fixed outgoing address is also what 企业可信 IP asks for.
WECOM_PROXY = environment.web_address("WECOM_PROXY")
# More of our people than this share leave within a day: the directory is not believed until an administrator says so.
WECOM_LEAVERS_PERCENT = environment.number("WECOM_LEAVERS_PERCENT", 10)
# Where people are sent to sign in: WeCom's own pages, or the simulator's one page that stands in for both.
_SIMULATED_SIGN_IN = "/wecom/simulator/authorize" if WECOM_SIMULATOR else ""
WECOM_AUTHORIZE_URL = _SIMULATED_SIGN_IN or "https://open.weixin.qq.com/connect/oauth2/authorize"
WECOM_QR_LOGIN_URL = _SIMULATED_SIGN_IN or "https://login.work.weixin.qq.com/wwlogin/sso/login"

# Assistant -----------------------------------------------------------------------------------------------------------
# `knowledge`: passages of our own articles, without a model. With no article published it is as if it were off.
ASSISTANT = environment.word("ASSISTANT", "knowledge", {"off", "knowledge"})
# Read here so that a wrong value is named at the start; providers with a model are a later part.
DIFY_API_BASE = environment.web_address("DIFY_API_BASE")
DIFY_API_KEY = environment.text("DIFY_API_KEY")
OPENAI_API_BASE = environment.web_address("OPENAI_API_BASE")
OPENAI_API_KEY = environment.text("OPENAI_API_KEY")
OPENAI_MODEL = environment.text("OPENAI_MODEL")

DEFAULT_EXCEPTION_REPORTER_FILTER = "itdesk.reports.NothingSecret"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "itdesk.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
        "json": {"()": "itdesk.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line" if LOOPBACK_ONLY else "json"},
    },
    "root": {"handlers": ["console"], "level": environment.choice("LOG_LEVEL", "INFO", environment.LOG_LEVELS)},
    "loggers": {
        # urllib3 logs whole addresses at DEBUG, and of a garbled answer at WARNING; WeCom wants its token in the address.
        "urllib3": {"level": "ERROR"},
        # With DEBUG every statement is logged with its values, and one of them stores the token.
        "django.db.backends": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "daphne.http_protocol": {"level": "WARNING"},
        # Answered with 400 and 413, and anybody can do it: a traceback each would fill the log.
        **dict.fromkeys(
            (f"django.security.{name}" for name in ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent")),
            {"level": "CRITICAL"},
        ),
    },
}
