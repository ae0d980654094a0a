"""The server's side of `WeixinJSBridge`: signatures are checked for real."""

import hashlib
import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wecom.models import SimulatedCall, SimulatedMedia

API = "/wecom/simulator/cgi-bin"
PAGE = "http://testserver/itdesk/?a=1"

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(client):
    token = client.get(f"{API}/gettoken", {"corpid": "ww-demo", "corpsecret": "simulator-secret"}).json()[
        "access_token"
    ]
    corp = client.get(f"{API}/get_jsapi_ticket", {"access_token": token}).json()["ticket"]
    agent = client.get(f"{API}/ticket/get", {"access_token": token, "type": "agent_config"}).json()["ticket"]
    return {"corp": corp, "agent": agent}


def signed(ticket, url=PAGE, timestamp=None, **changes):
    at = str(int(time.time()) if timestamp is None else timestamp)
    digest = hashlib.sha1(f"jsapi_ticket={ticket}&noncestr=abc&timestamp={at}&url={url}".encode()).hexdigest()
    return {
        "verifyAppId": "ww-demo", "verifyTimestamp": at, "verifyNonceStr": "abc", "verifySignature": digest, **changes,
    }  # fmt: skip


def invoke(client, name, params, url=PAGE):
    body = json.dumps({"url": url, "params": params})
    return client.post(f"{API}/js/{name}", body, content_type="application/json").json()


def test_it_takes_what_is_signed_for_this_page(client, tickets):
    assert invoke(client, "preVerifyJSAPI", signed(tickets["corp"]))["err_msg"] == "preVerifyJSAPI:ok"
    assert invoke(client, "preVerifyJSAPI", signed(tickets["corp"]), PAGE + "#part")["err_msg"] == "preVerifyJSAPI:ok"
    assert invoke(client, "closeWindow", signed(tickets["corp"]))["err_msg"] == "closeWindow:ok"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda tickets: signed(tickets["agent"]),
        lambda tickets: signed(tickets["corp"], url="http://testserver/itdesk/"),
        lambda tickets: signed(tickets["corp"], timestamp=int(time.time() * 1000)),
        lambda tickets: signed(tickets["corp"], verifyAppId="ww-other"),
        lambda tickets: signed(tickets["corp"], verifySignature="0" * 40),
        lambda tickets: {},
    ],
    ids=["agents ticket", "another address", "milliseconds", "another corp", "made up", "nothing"],
)
def test_it_refuses_what_is_signed_wrongly(client, tickets, wrong):
    answer = invoke(client, "preVerifyJSAPI", wrong(tickets))
    assert (answer["err_msg"], answer["err_code"]) == ("preVerifyJSAPI:fail", 40093)
    assert invoke(client, "chooseImage", wrong(tickets))["err_msg"] == "chooseImage:permission denied"
    assert SimulatedCall.objects.filter(api="js chooseImage", errcode="40093").count() == 1


def test_it_asks_for_the_apps_own_ticket_where_the_app_speaks(client, tickets):
    def agents(ticket):
        params = signed(ticket)
        return {
            "corpid": "ww-demo", "timestamp": params["verifyTimestamp"], "nonceStr": "abc",
            "signature": params["verifySignature"],
        }  # fmt: skip

    assert invoke(client, "agentConfig", agents(tickets["agent"]))["err_msg"] == "agentConfig:ok"
    assert invoke(client, "agentConfig", agents(tickets["corp"]))["err_msg"] == "agentConfig:fail"


def test_a_picture_becomes_media_that_the_app_can_fetch(client, tickets):
    file = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n", "image/png")
    answer = client.post(f"{API}/js/upload", {"media": file}).json()
    assert answer["err_msg"] == "uploadImage:ok"
    assert SimulatedMedia.objects.get().media_id == answer["serverId"]


def test_it_writes_no_signature_into_its_log(client, tickets):
    params = signed(tickets["corp"], userid="wangqiang")
    invoke(client, "openUserProfile", params)
    detail = SimulatedCall.objects.get(api="js openUserProfile").detail
    assert "wangqiang" in detail
    assert params["verifySignature"] not in detail
