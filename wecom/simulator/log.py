"""Writing the simulator's log."""

from django.db.models import F

from .models import SimulatedCall, SimulatedTally

LENGTH = 500
DETAIL = 4000  # characters


def write(api, errcode, note="", detail=""):
    """One more line; the oldest beyond LENGTH go."""
    line = SimulatedCall.objects.create(api=api, errcode=str(errcode), note=note[:300], detail=detail[:DETAIL])
    SimulatedCall.objects.filter(pk__lte=line.pk - LENGTH).delete()
    if not SimulatedTally.objects.filter(api=api).update(calls=F("calls") + 1):
        row, created = SimulatedTally.objects.get_or_create(api=api, defaults={"calls": 1})
        if not created:  # somebody else's first call came in between
            SimulatedTally.objects.filter(pk=row.pk).update(calls=F("calls") + 1)


def calls_of(api):
    """How often it was called altogether."""
    return SimulatedTally.objects.filter(api=api).values_list("calls", flat=True).first() or 0
