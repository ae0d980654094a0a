"""The server's side of `WeixinJSBridge`: what the client of WeCom would check and do (WECOM 6)."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.doors import takes_files

from . import browsers, jar, log, media, rules
from .models import SimulatedTicket

SCRIPT = Path(__file__).with_name("bridge.js")
LARGEST_PICTURE = 20 * 1024 * 1024
PHONES = {"android", "old", "iphone"}
PLATFORMS = {"iphone": "iPhone", "windows": "Win32", "mac": "MacIntel"}
WRONG_SIGNATURE = 40093


def script():
    """`bridge.js` with what this WeCom is set to."""
    engine = rules.value("engine")
    facts = {
        "userAgent": browsers.user_agent(),
        "platform": PLATFORMS.get(engine, "Linux armv8l"),
        "phone": engine in PHONES,
        "iphone": engine == "iphone",
        "prefix": rules.value("local_image_prefix"),
        "displayMedia": rules.value("display_media") == "yes",
        "jar": jar.PHONE,
        "server": reverse("simulator:js", args=["name"]).removesuffix("name"),
    }
    return f"const SIMULATED = {json.dumps(facts)};\n{SCRIPT.read_text(encoding='utf-8')}"


@takes_files
@csrf_exempt
@login_not_required
@require_POST
def call(request, name):
    """One `invoke(name, params)` of a page: its signature is checked anew each time. → `{"err_msg", …}`."""
    if name == "upload":
        return _upload(request)
    try:
        given = json.loads(request.body)
        params, address = dict(given["params"]), str(given["url"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"err_msg": f"{name}:fail"}, status=400)
    kind = "agent" if name == "agentConfig" else "corp"
    if not _signed(kind, params, address):
        log.write(f"js {name}", WRONG_SIGNATURE, "wrong signature", address)
        refused = "fail" if name in {"preVerifyJSAPI", "agentConfig"} else "permission denied"
        return JsonResponse({"err_msg": f"{name}:{refused}", "err_code": WRONG_SIGNATURE})
    log.write(f"js {name}", 0, "", json.dumps({key: value for key, value in params.items() if "erify" not in key}))
    return JsonResponse({"err_msg": f"{name}:ok", "err_code": 0})


def _upload(request):
    """A picture that the member chose: → its `serverId`, a media id for three days."""
    file = request.FILES.get("media")
    if file is None or file.size > LARGEST_PICTURE:
        return JsonResponse({"err_msg": "uploadImage:fail", "err_code": 45001})
    row = media.keep("image", file.name, file.content_type or "", file.read())
    log.write("js uploadImage", 0, row.name)
    return JsonResponse({"err_msg": "uploadImage:ok", "err_code": 0, "serverId": row.media_id})


def _signed(kind, params, address):
    """Whether the signature is that of this address with a ticket that is good now."""
    agent = kind == "agent"
    names = ("timestamp", "nonceStr", "signature") if agent else (
        "verifyTimestamp", "verifyNonceStr", "verifySignature"
    )  # fmt: skip
    timestamp, nonce, signature = (str(params.get(name, "")) for name in names)
    corp = params.get("corpid" if agent else "verifyAppId", params.get("appId"))
    if corp != settings.WECOM_CORP_ID or len(timestamp) != len("1700000000"):
        return False
    tickets = SimulatedTicket.objects.filter(kind=kind, expires_at__gt=timezone.now())
    for ticket in tickets.values_list("ticket", flat=True):
        text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={address.partition('#')[0]}"
        expected = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324  WeCom's choice
        if constant_time_compare(expected, signature):
            return True
    return False
