"""Django's and Channels' defaults; only what must be named is named."""

import environ

env = environ.Env()

SECRET_KEY = "the floor has no secrets"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["daphne", "channels", "tests.bench.floor"]
ROOT_URLCONF = "tests.bench.floor.urls"
ASGI_APPLICATION = "tests.bench.floor.asgi.application"
DATABASES = {"default": env.db("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
if env.str("REDIS_URL", ""):
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [env.str("REDIS_URL")], "prefix": env.str("REDIS_PREFIX")},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
