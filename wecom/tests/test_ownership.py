"""The file by which WeCom sees that the domain is ours (WECOM 2)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from wecom.models import OwnershipFile

PAGE = "/admin/wecom/setup/"


def upload(admin, name, content=b"5AbCdEf123"):
    answer = admin.post(f"{PAGE}ownership-file", {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#domain", 303)]
    return answer.content.decode()


def test_it_serves_the_ownership_file_to_anybody_under_its_exact_name(db, admin, client):
    assert "WW_verify_5AbCdEf123.txt" in upload(admin, "WW_verify_5AbCdEf123.txt", b"5AbCdEf123\n")
    admin.logout()
    answer = client.get("/WW_verify_5AbCdEf123.txt")
    assert (answer.status_code, answer.content) == (200, b"5AbCdEf123")
    assert answer["Content-Type"].startswith("text/plain")
    for other in (
        "/ww_verify_5AbCdEf123.txt",
        "/WW_verify_5abcdef123.txt",
        "/WW_verify_5AbCdEf123.txt/",
        "/WW_verify_x.txt",
    ):
        assert client.get(other).status_code == 404, other


def test_it_replaces_the_file_of_the_same_name(db, admin):
    upload(admin, "WW_verify_a.txt", b"one")
    upload(admin, "WW_verify_a.txt", b"two")
    assert OwnershipFile.objects.get().content == "two"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("WW_verify_a.html", b"x"),
        ("robots.txt", b"x"),
        ("WW_verify_.txt", b"x"),
        ("WW_verify_a b.txt", b"x"),
        ("xWW_verify_a.txt", b"x"),
        ("WW_verify_a.txt\n.txt", b"x"),
        ("WW_verify_a.txt", b""),
        ("WW_verify_a.txt", b" \n"),
        ("WW_verify_a.txt", b"x" * 1025),
        ("WW_verify_a.txt", "中".encode()),
        ("WW_verify_a.txt", b"\x00\x01"),
    ],
)
def test_it_refuses_any_other_file(db, admin, name, content):
    upload(admin, name, content)
    assert not OwnershipFile.objects.exists()
