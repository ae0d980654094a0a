"""Every page, as everybody meets it: nothing grave for axe in both looks, nothing sticks out at 320 px, both languages."""

import re
import uuid
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from accounts import roles
from accounts.models import User
from conversations.commands import lifecycle, messages
from conversations.models import CannedReply, Category, Conversation
from knowledge.commands import save_article
from knowledge.models import Article, Topic
from wecom.simulator.members import MEMBERS

pytestmark = pytest.mark.look
SMALLEST = {"width": 320, "height": 568}
HAN = re.compile(r"[\u3400-\u9fff]+")
READ_ALOUD = """
() => {
  const foreign = (element) => element.closest("[lang]:not(html), [data-message] .words, script, style, template");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [document.title];
  while (walker.nextNode()) if (!foreign(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  const spoken = ["aria-label", "title", "placeholder", "alt"];
  for (const element of document.querySelectorAll(spoken.map((name) => `[${name}]`).join())) {
    if (!foreign(element)) spoken.forEach((name) => found.push(element.getAttribute(name) || ""));
  }
  return found;
}
"""
STICKS_OUT = """
() => {
  const width = document.documentElement.clientWidth;
  const wide = Array.from(document.querySelectorAll("body *")).filter((each) => each.getBoundingClientRect().right > width + 1);
  return document.documentElement.scrollWidth > width ? wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 120)) : [];
}
"""


@pytest.fixture
def things(live, zhangwei, wangqiang):
    """What the addresses name. `talk` has every kind of line: asked, noted, claimed, answered, code, a link, a long word."""
    words = "打印机连不上了 https://example.com/a/very/long/path/that/has/no/place/to/break/but/must/not/stick/out?x=1"
    first, _ = messages.post_message(author=zhangwei, content=words, client_id=uuid.uuid4())
    for content, internal in (("他的机器很旧", True), ("```\nC:\\> ping 10.0.0.1 " + "x" * 200 + "\n```", False)):
        messages.post_reply(
            author=wangqiang,
            conversation_id=first.conversation_id,
            content=content,
            client_id=uuid.uuid4(),
            internal=internal,
        )
    done, _ = messages.post_message(author=zhangwei, content="已经好了", client_id=uuid.uuid4(), new_topic=True)
    lifecycle.resolve(done.conversation_id, by=wangqiang)
    article = Article(title="VPN 连不上怎么办", content=ARTICLE, state=Article.State.PUBLISHED)
    article.topic = Topic.objects.create(name="网络")
    save_article(article)
    return SimpleNamespace(talk=first.conversation_id, done=done.conversation_id, article=article.pk)


ARTICLE = """先看看**网络**。

## 换一个网络

1. 打开 `C:\\Program Files\\A very long path\\that has no place to break\\vpn-client-configuration.exe`
2. 再连一次：https://example.com/a/very/long/path/that/has/no/place/to/break/but/must/not/stick/out

```
ping 10.0.0.1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
```

| 代码 | 含义 |
|---|---|
| `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` | `bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb` |
"""
# name → (userid or None, address); what stands in braces is one of `things`.
PAGES = {
    "portal": ("zhaomin", "/itportal/?choose=1"),
    "signed out": (None, "/itportal/signed-out"),
    "desk, empty": ("lina", "/itdesk/"),
    "desk, new": ("zhangwei", "/itdesk/?new=1"),
    "desk, thread": ("zhangwei", "/itdesk/c/{talk}/"),
    "desk, resolved": ("zhangwei", "/itdesk/c/{done}/"),
    "knowledge": ("lina", "/knowledge/"),
    "knowledge, nothing": ("lina", "/knowledge/?q=zzz"),
    "article": ("lina", "/knowledge/{article}/"),
    "requests": ("zhangwei", "/itdesk/requests/"),
    "requests, empty": ("lina", "/itdesk/requests/"),
    "inbox": ("wangqiang", "/agent/?view=all"),
    "inbox, empty": ("wangqiang", "/agent/?view=waiting"),
    "thread": ("wangqiang", "/agent/conversations/{talk}/?view=mine"),
    "alerts": ("wangqiang", "/agent/alerts"),
    "forbidden": ("zhangwei", "/agent/"),
    "absent": ("zhangwei", "/itdesk/c/3f2b1c9e-0000-4000-8000-000000000000/"),
    "stale login": (None, "/wecom/oauth/callback?code=x&state=y"),
    "authorize": (None, "/wecom/login?next=/itdesk/"),
    "simulator": (None, "/wecom/simulator/"),
    "simulator, rules": (None, "/wecom/simulator/controls"),
    "phone": (None, "/wecom/simulator/phone/zhangwei/"),
    "phone, chats": (None, "/wecom/simulator/phone/zhangwei/chats"),
    "phone and console": (None, "/wecom/simulator/together"),
    "admin": ("zhaomin", "/admin/"),
    "admin, list": ("zhaomin", "/admin/accounts/user/"),
    "admin, WeCom": ("zhaomin", "/admin/wecom/setup/"),
    "admin, article": ("zhaomin", "/admin/knowledge/article/{article}/change/"),
    "admin login": (None, "/admin/login/"),
}


@pytest.fixture(params=PAGES)
def visit(request, open_page, sign_in, things, problems):
    """`visit(**options)` → this parameter's page, open."""
    problems.expect("status of 40[034]")
    userid, address = PAGES[request.param]

    def go(**options):
        page = open_page(**options)
        if userid:
            sign_in(page, userid, "/itportal/?choose=1")
        page.goto(address.format(**vars(things)))
        expect(page.locator("h1, h2").first).to_be_attached()
        return page

    return go


def test_axe_finds_nothing_grave_in_either_look(visit, check_axe, problems):
    # Axe itself copies what Django's forms.css imports; a style of the page's own would come with an address.
    problems.expect(r"Applying inline style.* blocked\. \(\)$")
    page = visit()
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look, reduced_motion="reduce")
        page.reload()  # a change of looks fades, and axe would measure colours on their way
        expect(page.locator("h1, h2").first).to_be_attached()
        check_axe(page)


def test_nothing_sticks_out_of_the_smallest_phone(visit):
    page = visit(viewport=SMALLEST, has_touch=True, is_mobile=True)
    assert page.evaluate(STICKS_OUT) == []


def test_the_english_page_speaks_english_only(visit):
    page = visit(locale="en-US")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    data = what_people_wrote()
    left = [HAN.findall(without(text, data)) for text in page.evaluate(READ_ALOUD)]
    assert [each for each in left if each] == []


def what_people_wrote():
    """Names, subjects and the like, longest first: they stand in every language as they are."""
    texts = {value for one in MEMBERS for value in one.values() if isinstance(value, str)}
    texts |= {value for user in User.objects.all() for value in (user.name, user.department, user.position)}
    texts |= {value for each in Conversation.objects.all() for value in (each.subject, each.last_line)}
    texts |= set(Topic.objects.values_list("name", flat=True))
    texts |= {words for each in Article.objects.all() for words in HAN.findall(f"{each.title}\n{each.content}")}
    texts |= {name for _code, name in roles.DEFAULT_ROLES}
    texts |= set(CannedReply.objects.values_list("title", flat=True)) | set(
        Category.objects.values_list("name", flat=True)
    )
    return sorted((text for text in texts if HAN.search(text)), key=len, reverse=True)


def without(text, data):
    for known in data:
        text = text.replace(known, "")
    # The first letter of a name stands for it in a round face.
    return "" if len(text.strip()) == 1 else text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_language_that_was_chosen_stays(open_page, sign_in, zhaomin, language):
    page = sign_in(open_page(locale="en-US" if language == "zh-hans" else "zh-CN"), zhaomin, "/itportal/?choose=1")
    page.locator(f'button[name="language"][value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for address in ("/itdesk/", "/agent/", "/admin/"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
