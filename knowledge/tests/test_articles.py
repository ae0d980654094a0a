"""Articles: what is found, who reads it, and that every word that changed is kept."""

import datetime
import time
import uuid
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from conversations.commands.messages import post_message
from knowledge import commands, queries
from knowledge.library import library
from knowledge.markdown import TAGS, html
from knowledge.models import Article, Topic
from knowledge.passages import LONGEST, passages

pytestmark = pytest.mark.django_db

VPN = "连不上 VPN 时先看网络。\n\n## 报错 809\n\n换成手机热点再试；还不行就重启客户端。\n\n## 忘记密码\n\n到自助页面重置。"


@pytest.fixture
def topic():
    return Topic.objects.create(name="网络")


@pytest.fixture
def write(topic):
    def write(title, content="正文", **fields):
        fields = {"state": Article.State.PUBLISHED, "topic": topic, **fields}
        return commands.save_article(Article(title=title, content=content, **fields))

    return write


def titles(hits):
    return [hit.entry.title for hit in hits]


def test_a_question_finds_the_article_and_the_passage_that_answers(write):
    write("VPN 连不上怎么办", VPN)
    write("打印机卡纸", "打开后盖，取出纸张。")
    found = library().find("你好，我的vpn报错809怎么办")
    assert titles(found)[0] == "VPN 连不上怎么办"
    assert found[0].passage.heading == "报错 809"
    assert found[0].passage.text in VPN


@pytest.mark.parametrize("phrase", ["热", "热点", "手机热点再", "809", "vpn", "VPN 时", "Ｖｐｎ"])
def test_any_phrase_inside_an_article_is_found(write, phrase):
    write("VPN 连不上怎么办", VPN)
    write("打印机卡纸", "打开后盖，取出纸张。")
    assert [each.title for each in library().holding(phrase)] == ["VPN 连不上怎么办"]


def test_what_is_not_there_finds_nothing(write):
    write("VPN 连不上怎么办", VPN)
    assert library().find("请问食堂几点开门") == []
    assert library().holding("食堂") == []
    assert library().find("") == library().find("???") == []


def test_an_empty_library_answers(db):
    assert library().find("VPN") == []
    assert library().holding("VPN") == []


def test_what_changed_is_found_at_once_and_what_went_no_more(write):
    article = write("打印机卡纸")
    assert library().find("卡纸")
    article.title = "打印机脱机"
    commands.save_article(article)
    assert library().find("卡纸") == []
    assert titles(library().find("脱机")) == ["打印机脱机"]
    article.state = Article.State.DRAFT
    commands.save_article(article)
    assert library().find("脱机") == []


def test_an_article_expires_on_its_day(write):
    today = timezone.localdate()
    write("还有一天", "邮箱", expires_on=today + datetime.timedelta(days=1))
    write("到期了", "邮箱", expires_on=today)
    assert titles(library().find("邮箱")) == ["还有一天"]


def test_what_is_for_agents_stays_with_agents(write, zhangwei, wangqiang):
    secret = write("重置域控密码", "只给客服看的步骤", audience=Article.Audience.AGENTS)
    assert library().find("域控") == []
    assert titles(library().find("域控", for_agents=True)) == ["重置域控密码"]
    assert library().holding("域控") == []
    assert not queries.readable_by(zhangwei).exists()
    for person, code in ((zhangwei, 404), (wangqiang, 200)):
        page = Client()
        page.force_login(person)
        assert page.get(f"/knowledge/{secret.pk}/").status_code == code
        listed = page.get("/knowledge/?q=域控").content.decode()
        assert ("重置域控密码" in listed) is (code == 200)
        suggested = page.post("/knowledge/suggestions", {"q": "域控密码"}).content.decode()
        assert ("重置域控密码" in suggested) is (code == 200)


def test_what_is_being_typed_stands_in_no_address(zhangwei, client):
    """Addresses are kept by proxies, and what somebody is about to ask may hold a password."""
    client.force_login(zhangwei)
    assert client.get("/knowledge/suggestions?q=密码是").status_code == 405


def test_a_passage_for_agents_cannot_be_put_into_an_answer_by_a_key(write, zhangwei, wangqiang, client):
    write("域控密码怎么重置", "打电话给服务台。")
    write("重置域控密码", "只给客服看的步骤", audience=Article.Audience.AGENTS)
    asked = post_message(author=zhangwei, content="域控密码忘了怎么重置", client_id=uuid.uuid4())[0]
    client.force_login(wangqiang)
    address = f"/agent/conversations/{asked.conversation_id}/person"
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'data-insert="打电话给服务台。"' in page
    assert "重置域控密码</a>" in page
    assert "仅客服" in page
    assert "只给客服看的步骤" not in page


def test_no_heading_takes_long_to_read():
    """Of 40,000 characters, which an article may have: a search for the end from each of them took seconds."""
    for tail in ("#" * 30_000, " " * 30_000, " #" * 15_000):
        began = time.process_time()
        assert passages(f"# 标题{tail}x\n\n话")[0].text == "话"
        assert time.process_time() - began < 0.3
    assert [each.heading for each in passages("## 标题 ##\n话\n\n# C#\n话\n\n# C #\n话")] == ["标题", "C", "C"]


def test_every_change_of_its_words_is_a_version(write, zhaomin):
    article = write("标题", "第一行\n第二行")
    article.keywords = "别的说法"
    commands.save_article(article, by=zhaomin)
    article.content = "第一行\n改过的第二行"
    commands.save_article(article, by=zhaomin)
    assert [each.number for each in article.versions.all()] == [2, 1]
    newest = article.versions.first()
    assert newest.by == zhaomin
    assert ("-", "第二行") in queries.changes(newest)
    assert ("+", "改过的第二行") in queries.changes(newest)


def test_a_reader_says_once_whether_it_helped_and_may_change_it(write, zhangwei, client):
    article = write("标题")
    client.force_login(zhangwei)
    for word in ("yes", "yes", "no"):
        assert client.post(f"/knowledge/{article.pk}/verdict", {"helped": word}).status_code == 303
    assert queries.voices(article) == {"yes": 0, "no": 1}


def test_passages_are_spans_of_the_article():
    long = "\n\n".join(f"第{n}段：" + "很长的话" * 40 for n in range(9))
    for content in (VPN, long, "```\n# 不是标题\n```\n\n# 标题\n\n话", "", "\n\n"):
        for number, passage in enumerate(passages(content), start=1):
            assert passage.number == number
            assert passage.text in content
            assert len(passage.text) <= LONGEST or "\n\n" not in passage.text
    assert [each.heading for each in passages(VPN)] == ["", "报错 809", "忘记密码"]
    assert passages("```\n# 不是标题\n```\n\n# 标题\n\n话")[0].heading == ""


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        "[点我](javascript:alert(1))",
        "[点我](data:text/html,<script>)",
        "![](https://evil.example/x.png)",
        '<img src="https://evil.example/x" onerror=alert(1)>',
        '[x](https://a.example "onmouseover=alert(1)")',
        "<div style=x hx-get=/admin/>",
    ],
)
def test_nothing_in_markdown_runs_or_is_fetched(harm):
    made = html(f"前\n\n{harm}\n\n后")
    elements = Elements()
    elements.feed(made)
    for tag, attributes in elements.found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "start", "title"}
        assert attributes.get("href", "https:").startswith("https:")
    assert "前" in made
    assert "后" in made


def test_markdown_reads_as_it_should():
    made = html("# 大\n\n1. 一\n2. 二\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n[站](https://it.example.com)")
    assert "<h2>大</h2>" in made
    assert "<ol>" in made
    assert "<td>1</td>" in made
    assert 'rel="noopener noreferrer nofollow"' in made
