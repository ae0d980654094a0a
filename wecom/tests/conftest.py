"""A browser and a WeCom to sign in with. The client speaks real HTTP to the simulator on a live server."""

import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as DjangoClient

from conversations.tests.pages import opened  # noqa: F401
from wecom import pace
from wecom.models import ApiLimit, Fault, Pause

from .strict_wecom import StrictWecom

WECOM_UA = "Mozilla/5.0 Chrome/116.0.0.0 Mobile Safari/537.36 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh"
SIMULATED_API = "/wecom/simulator/cgi-bin"


class Browser(DjangoClient):
    """A browser with its own cookies; `Browser(in_wecom=True)` is the one inside WeCom."""

    def __init__(self, in_wecom=False):
        super().__init__(
            headers={"user-agent": WECOM_UA if in_wecom else "Mozilla/5.0 Chrome/120.0", "accept": "text/html"}
        )

    def leave(self, next="/itdesk/"):
        """→ the address of WeCom's page that the login sends this browser to."""
        return self.get("/wecom/login", {"next": next})["Location"]

    def way_back(self, userid, next="/itdesk/"):
        """→ path and query of the callback, with a fresh code for this member."""
        picked = self.get(f"{self.leave(next).partition('#')[0]}&userid={userid}")
        assert picked.status_code == 302, picked.content.decode()
        parts = urlsplit(picked["Location"])
        return f"{parts.path}?{parts.query}"

    def sign_in(self, userid, next="/itdesk/"):
        return self.get(self.way_back(userid, next))

    @property
    def signed_in_as(self):
        """The userid of who this browser's session belongs to, or None."""
        from accounts.models import User

        found = User.objects.filter(pk=self.session.get("_auth_user_id", 0)).first()
        return found.userid if found else None


def query_of(address):
    """The query of an address as a plain dict."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def at_once(count, work):
    """Run `work(number)` in `count` threads that start together. → results in order; an exception is a result."""
    gate, results = threading.Barrier(count), [None] * count

    def run(number):
        try:
            gate.wait(10)
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def wecom(live_server, settings):
    """The simulated WeCom, spoken to over HTTP."""
    settings.WECOM_API_BASE = f"{live_server.url}/wecom/simulator/cgi-bin"
    return live_server


@pytest.fixture
def strict(transactional_db, settings):
    """A WeCom whose answers the test chooses, spoken to over HTTP; it knows the settings' own secret."""
    found = StrictWecom(secret=settings.WECOM_SECRET)
    settings.WECOM_API_BASE = found.base
    yield found
    found.stop()


@pytest.fixture
def faults(wecom):
    """`faults(down=True)` flips the simulator's switches."""

    def flip(**switches):
        Fault.objects.update_or_create(pk=1, defaults=switches)
        ApiLimit.objects.all().delete()  # as if the window of the limit had passed
        Pause.objects.all().delete()  # nobody waits for the end of what the last switch began

    return flip


@pytest.fixture
def browser(wecom):
    return Browser()


@pytest.fixture(autouse=True)
def no_gap(monkeypatch):
    """Messages for one person follow each other at once."""
    monkeypatch.setattr(pace, "GAP", 0)


@pytest.fixture
def company(strict, settings):
    """A company where everything is as it should be, and production settings."""
    settings.LOOPBACK_ONLY, settings.SITE_URL = False, "https://testserver"
    settings.WECOM_CALLBACK_TOKEN = "canaryCallbackToken"
    settings.WECOM_CALLBACK_AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

    def user(query, body):
        if query["userid"] != "zhaomin":
            return strict.no(60111, "userid not found")
        return {"errcode": 0, "userid": "zhaomin", "name": "赵敏"}

    strict.answers |= {
        "user/get": user,
        "get_jsapi_ticket": {"errcode": 0, "ticket": "canary-ticket", "expires_in": 7200},
        "message/send": {"errcode": 0, "msgid": "m1"},
    }
    return strict


@pytest.fixture
def admin(client, zhaomin):
    client.force_login(zhaomin, backend="accounts.backends.WecomBackend")
    return client


# The simulated API, spoken to with a good token: `get(path, **query)`, `post(path, body)`, `upload(kind, content)`.
@pytest.fixture
def api_token(client):
    return client.get(f"{SIMULATED_API}/gettoken", {"corpid": "ww-demo", "corpsecret": "simulator-secret"}).json()[
        "access_token"
    ]


@pytest.fixture
def get(client, api_token):
    return lambda path, **query: client.get(f"{SIMULATED_API}/{path}", {"access_token": api_token, **query}).json()


@pytest.fixture
def post(client, api_token):
    def call(path, body):
        raw = json.dumps(body, ensure_ascii=False).encode()
        answer = client.post(f"{SIMULATED_API}/{path}?access_token={api_token}", raw, content_type="application/json")
        assert answer.status_code == 200
        return answer.json()

    return call


@pytest.fixture
def upload(client, api_token):
    def call(kind, content, name="a.png"):
        file = SimpleUploadedFile(name, content, "application/octet-stream")
        return client.post(f"{SIMULATED_API}/media/upload?access_token={api_token}&type={kind}", {"media": file}).json()

    return call
