"""Where a login may lead: only to paths of this site (RELIABILITY A3)."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wecom.addresses import safe_next

PORTAL = "/itportal/"
EVIL = [
    "", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example/", "https:evil.example",
    "http:///evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/\x00/evil.example", "itdesk/", "evil.example", "data:text/html,x", "/%0d%0aSet-Cookie:x\r\n", "/a\\b", "http://testserver/",
    "/wecom/login?next=/itdesk/", "/wecom/oauth/callback?code=x", "/" + "a" * 600, "/\x7f/evil.example", "/\x1f/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("given_next", EVIL)
def test_it_falls_back_to_the_portal(given_next):
    assert safe_next(given_next) == PORTAL


@pytest.mark.parametrize("path", ["/itdesk/", "/agent/?view=mine&q=%E5%BC%A0", "/itdesk/c/1/?m=3#end", "/"])
def test_it_keeps_a_path_of_this_site(path):
    assert safe_next(path) == path


def test_it_writes_a_chinese_path_so_that_it_may_stand_in_a_header():
    assert safe_next("/agent/?q=张") == "/agent/?q=%E5%BC%A0"


pieces = st.sampled_from(
    ["/", "//", "\\", "http:", "https:", "javascript:", "evil.example", "@", ":", "%2f", "%5c", "\t", "\n", "\r", "\x00", " ",
     ".", "..", "itdesk", "?", "#", "；", "／", "。", "\u2028", "\ufeff", "[", "]"]
)  # fmt: skip


@given(
    st.one_of(st.lists(pieces, max_size=8).map("".join), st.text(max_size=40), st.text(max_size=40).map("/".__add__))
)
def test_it_never_leads_off_this_site_however_a_browser_reads_it(text):
    result = safe_next(text)
    assert result.isascii()
    # A browser drops tabs and newlines and reads a backslash as a slash.
    read = result.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    landed = urlsplit(urljoin("https://desk.example/wecom/oauth/callback", read))
    assert (landed.scheme, landed.netloc) == ("https", "desk.example")
    assert read.startswith("/")
    assert not read.startswith("//")
