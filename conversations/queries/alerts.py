"""Whom to tell outside the console, and when."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Role, User

from ..models import AlertSettings, ConsoleSight


def serving_agents(conversation):
    """Active agents other than the one who asks."""
    agents = User.objects.filter(is_active=True, grants__role__code=Role.AGENT, grants__revoked_at=None)
    return agents.exclude(pk=conversation.employee_id).distinct()


def looking(agents):
    """Those of these agents whose console is in front of them now, as ids."""
    now = timezone.now()
    sights = ConsoleSight.objects.filter(user__in=agents, until__gt=now, until__lte=now + timedelta(minutes=2))
    return set(sights.values_list("user_id", flat=True))


def alert_settings(user):
    """Their own, or what everybody begins with (not saved)."""
    return AlertSettings.objects.filter(user=user).first() or AlertSettings(user=user)


def quiet_seconds(own, now):
    """Seconds until this agent's quiet hours end, 0 outside them; `now` is an aware time."""
    if own.quiet_from is None or own.quiet_until is None or own.quiet_from == own.quiet_until:
        return 0
    local = timezone.localtime(now)
    over_midnight = own.quiet_from > own.quiet_until
    after, before = local.time() >= own.quiet_from, local.time() < own.quiet_until
    if not ((after or before) if over_midnight else (after and before)):
        return 0
    day = local.date() + timedelta(days=1 if over_midnight and after else 0)
    end = timezone.make_aware(datetime.combine(day, own.quiet_until))
    return max(1, (end - now).total_seconds())
