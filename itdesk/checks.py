"""What must be true of an installation, asked by every command that runs Django's checks.

E001 and E002 are refused by `settings.py` already; here they hold for settings that came another way. E003 (several
processes on the in-memory layer) is asked where processes are counted, at the start of the server.
"""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

DURABLE = {
    "sqlite": {"PRAGMA journal_mode": {"wal"}, "PRAGMA synchronous": {"2", "3"}},
    "postgresql": {"SHOW fsync": {"on"}, "SHOW synchronous_commit": {"on", "remote_write", "remote_apply"}},
}


@register(Tags.security)
def simulator_stays_at_home(app_configs, **kwargs):
    """E001: the simulator signs anybody in, so it may run on loopback names only (RELIABILITY A5)."""
    if settings.WECOM_SIMULATOR and not settings.LOOPBACK_ONLY:
        hint = "Set WECOM_SIMULATOR=false, or serve 127.0.0.1 and localhost only."
        return [Error("The WeCom simulator is on where a real host name is served.", hint=hint, id="itdesk.E001")]
    return []


@register(Tags.security)
def hosts_are_named(app_configs, **kwargs):
    """E002: sockets and links trust these names, so a pattern would trust anybody (RELIABILITY B3)."""
    if any(name == "*" or name.startswith(".") for name in settings.ALLOWED_HOSTS):
        return [Error("DJANGO_ALLOWED_HOSTS must list exact names.", id="itdesk.E002")]
    return []


@register(Tags.database)
def commits_are_durable(app_configs, databases=None, **kwargs):
    """E004: a message answered with 2xx survives a power cut only with these (RELIABILITY R1)."""
    return [error for alias in databases or () for error in _weak_settings(connections[alias])]


def _weak_settings(connection):
    for question, good in DURABLE.get(connection.vendor, {}).items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            value = str(cursor.fetchone()[0]).lower()
        if value not in good and not _in_memory(connection):
            yield Error(f"{question} is {value}: an acknowledged message could be lost.", id="itdesk.E004")


def _in_memory(connection):
    return connection.vendor == "sqlite" and connection.is_in_memory_db()


@register()
def wecom_is_set(app_configs, **kwargs):
    """W001: the product starts without WeCom, but nobody can sign in and no card is sent."""
    missing = [name for name in ("WECOM_CORP_ID", "WECOM_SECRET") if not getattr(settings, name)]
    if missing:
        return [Warning(f"{', '.join(missing)}: missing; WeCom login and messages are off.", id="itdesk.W001")]
    return []
