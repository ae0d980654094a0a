"""Housekeeping that belongs to no app of ours."""

from importlib import import_module

from django.conf import settings

from jobs.queue import job

DAY = 24 * 60 * 60


@job("clear_sessions", every=DAY)
def clear_sessions():
    """Delete sessions that ran out; Django itself never does, and each sign-in leaves one behind."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
