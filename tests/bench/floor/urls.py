"""One address to write to."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tests.bench.bubble import bubble

from .models import Message


@csrf_exempt
def messages(request):
    client_id, content = request.POST["client_id"], request.POST["content"]
    message = Message.objects.create(client_id=client_id, content=content)
    event = {"type": "chat.message", "seq": message.pk, "client_id": client_id, "html": bubble(client_id, content)}
    async_to_sync(get_channel_layer().group_send)("room", event)
    return JsonResponse({"id": message.pk, "client_id": client_id}, status=201)


urlpatterns = [path("messages", messages), path("healthz", lambda request: HttpResponse("ok"))]
