"""The domain's ownership file, at the root of our host and under its exact name only (WECOM 2)."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.views.decorators.http import require_safe

from .models import OwnershipFile
from .models.ownership_file import NAME


class NameConverter(StringConverter):
    regex = NAME


register_converter(NameConverter, "ownership_file")


@login_not_required
@require_safe
def file(request, name):
    found = OwnershipFile.objects.filter(name=name).first()
    if found is None:
        raise Http404
    return HttpResponse(found.content, content_type="text/plain; charset=utf-8")
