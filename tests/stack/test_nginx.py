"""A real nginx hands out the files, by the very lines of docs/operations.md. Skipped where there is none, in CI as well."""

import re
import shutil
import uuid
from pathlib import Path

import pytest
import requests

from tests.processes import ROOT, Process, free_port, until

from .installation import Installation
from .people import Employee

LINES = re.compile(r"\*\*nginx hands them out\.\*\*.*?```nginx\n(.*?)```", re.DOTALL)
TEXT = "打印机没有反应\n".encode() * 3000
CONFIG = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    log_format without_query '$remote_addr $request_method $uri $status';
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream desk {{ server 127.0.0.1:{desk}; }}
    proxy_set_header Host $http_host;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://desk; }}
        {documented}
    }}
}}
"""


class Nginx(Process):
    """In front of the desk at `desk`, a port; `url` answers when the constructor returns."""

    def __init__(self, folder, port, desk, media):
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        [documented] = LINES.findall((ROOT / "docs/operations.md").read_text(encoding="utf-8"))
        documented = documented.replace("/var/lib/itdesk/media/", f"{media}/").replace("/var/log/nginx", str(folder))
        user = "user root;" if Path("/root").owner() == Path(folder).owner() else ""
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(user=user, folder=folder, desk=desk, port=port, documented=documented))
        super().__init__(["nginx", "-p", str(folder), "-c", str(config)])
        until(self.answers, what="nginx")

    @property
    def lines(self):
        """Of all its access logs."""
        return "".join(each.read_text() for each in self.folder.glob("*.log") if each.name != "error.log")

    def answers(self):
        assert self.running, self.words + (self.folder / "error.log").read_text()
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def desk():
    if not shutil.which("nginx"):
        pytest.skip("there is no nginx")
    made, port = Installation("", ""), free_port()
    made.environment |= {"FILES_ACCEL": "/protected/", "SITE_URL": f"http://127.0.0.1:{port}"}
    made.prepare()
    made.front = port
    yield made
    made.end()


@pytest.fixture(scope="module")
def nginx(desk, tmp_path_factory):
    server = desk.serve()
    front = Nginx(tmp_path_factory.mktemp("nginx"), desk.front, server.port, desk.folder / "media")
    front.desk = server
    yield front
    front.kill()
    front.log.unlink(missing_ok=True)


def sent(person, server, name, content):
    """→ the file, as the message tells of it"""
    fields = {"client_id": uuid.uuid4(), "content": "看这个", "new_topic": "true"}
    headers = {"X-CSRFToken": person.http.cookies["csrftoken"]}
    answer = person.http.post(
        f"{server.url}/itdesk/messages", data=fields, headers=headers, files={"file": (name, content)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["attachments"][0]


def test_it_sends_what_the_desk_allows_as_the_desk_says(nginx):
    zhangwei, lina = (Employee(userid, nginx) for userid in ("zhangwei", "lina"))
    file = sent(zhangwei, nginx, "日志 一.txt", TEXT)
    told = zhangwei.get(nginx.desk, file["url"], allow_redirects=False)
    assert (told.content, told.headers["X-Accel-Redirect"][:11]) == (b"", "/protected/")
    answer = zhangwei.get(nginx, file["url"])
    assert answer.content == TEXT
    assert "X-Accel-Redirect" not in answer.headers
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    for name in ("Content-Disposition", "ETag", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control"):
        assert answer.headers[name] == told.headers[name], name
    assert zhangwei.get(nginx, file["url"], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    part = zhangwei.get(nginx, file["url"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, TEXT[10:20])
    older = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert zhangwei.get(nginx, file["url"], headers=older).status_code == 304
    assert lina.get(nginx, file["url"]).status_code == 404
    assert zhangwei.get(nginx, told.headers["X-Accel-Redirect"]).status_code == 404


def test_a_signed_address_is_in_no_log(nginx):
    zhangwei = Employee("zhangwei", nginx)
    file = sent(zhangwei, nginx, "日志.txt", TEXT)
    in_wecom = {"User-Agent": "Mozilla/5.0 (Linux; Android 12) wxwork/4.1.30 MicroMessenger/7.0.1"}
    signed = zhangwei.get(nginx, file["url"], allow_redirects=False, headers=in_wecom).headers["Location"]
    path, query = signed.split("?")
    assert path.startswith("/files/")
    viewer = requests.get(f"{nginx.url}{signed}", timeout=10)
    assert (viewer.status_code, viewer.content) == (200, TEXT)
    gone = requests.get(f"{nginx.url}{path}?signed=wrong-{query[-20:]}", timeout=10)
    assert gone.status_code == 403
    # Where nginx itself sends, the line is written by the place from which it does.
    lines = until(lambda: nginx.lines if " 403" in nginx.lines else "", what="the last line of the log")
    assert " 200" in lines
    assert query[-20:] not in lines
