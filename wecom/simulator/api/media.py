"""media/upload and media/get (WECOM 4)."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accounts.doors import takes_files

from .. import media
from ..answers import Trouble
from ..calls import api


@takes_files
@api("media/upload")
def upload(request):
    if request.method != "POST":
        raise Trouble(40058, "invalid Request Parameter: require POST method")
    file = request.FILES.get("media")
    if file is None:
        raise Trouble(44001, "empty media data")
    row = media.store(request.GET.get("type", ""), file.name, file.content_type or "", file.read())
    created_at = str(int(row.created_at.timestamp()))
    return {"errmsg": "", "type": row.kind, "media_id": row.media_id, "created_at": created_at}


@api("media/get")
def get(request):
    if not request.GET.get("media_id"):
        raise Trouble(41006, "missing media_id")
    row = media.find(request.GET["media_id"])
    return HttpResponse(
        bytes(row.content),
        content_type=row.content_type,
        headers={"Content-Disposition": content_disposition_header(True, row.name)},
    )
