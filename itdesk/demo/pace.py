"""When things happen in an office: working days, lunch, and how long people take to answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Asia/Shanghai")
DAYS_BACK = 60
# Requests by hour of the working day; the few at night and at weekends are those of people who travel.
HOURS = [8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 13, 13, 14, 14, 14, 15, 15, 15, 16, 16, 17]
OUT_OF_HOURS_SHARE = 0.04
NATIONAL_DAYS = 7  # the first week of October
SPEAKER = {"问": "员", "再": "员"}


def past_start(dice, place, now):
    """A moment in the last `DAYS_BACK` days; `place` (0 … 1) says how far along, so that all days get their share."""
    today = now.astimezone(OFFICE).date()
    days = [today - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    if dice.random() < OUT_OF_HOURS_SHARE:
        return _at(days[int(place * (len(days) - 1))], dice.choice([7, 19, 20, 21]), dice)
    days = [day for day in days if _works(day)]
    return _at(days[int(place * (len(days) - 1))], dice.choice(HOURS), dice)


def pause(dice, before, after, gap):
    """How long until the turn `after`, given the turn `before` (kinds of `script.py`)."""
    if gap is not None:
        return timedelta(minutes=gap * dice.uniform(0.8, 1.25))
    if SPEAKER.get(before, before) == SPEAKER.get(after, after):
        return timedelta(seconds=dice.randint(8, 55))
    if after == "完":
        return timedelta(minutes=dice.uniform(1, 25))
    if after == "接":
        # Most wait a few minutes; one in eight comes when everybody is busy.
        return timedelta(minutes=dice.uniform(14, 55) if dice.random() < 0.12 else dice.uniform(0.5, 9))
    if before == "接":
        return timedelta(seconds=dice.randint(15, 80))
    return timedelta(minutes=dice.uniform(0.4, 6))


def waking(at):
    """The same moment, or the next working morning when nobody is there to act."""
    office = at.astimezone(OFFICE)
    if _works(office.date()) and 8 <= office.hour < 19:
        return at
    day = office.date() if office.hour < 8 else office.date() + timedelta(days=1)
    while not _works(day):
        day += timedelta(days=1)
    morning = datetime(day.year, day.month, day.day, 8, 32, tzinfo=OFFICE)
    return morning + timedelta(minutes=1.4 * office.minute, seconds=office.second)


def _at(day, hour, dice):
    start = datetime(day.year, day.month, day.day, hour, tzinfo=OFFICE)
    return start + timedelta(minutes=dice.randint(0, 59), seconds=dice.randint(0, 59))


def _works(day):
    return day.weekday() < 5 and not (day.month == 10 and day.day <= NATIONAL_DAYS)
