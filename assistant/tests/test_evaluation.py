"""The demo company's articles answer its people's questions, and leave alone what they know nothing of."""

import pytest

from assistant.evaluation import evaluate
from itdesk.demo.library import FOLDER, read, stock
from knowledge.library import library
from knowledge.models import Article, Version
from knowledge.queries import is_quoted

pytestmark = pytest.mark.django_db


def test_questions_find_their_articles():
    assert stock() >= 60
    found = evaluate()
    assert found.known + found.unknown >= 200
    assert found.first >= 0.95 * found.known, found.missed
    assert found.among_three >= 0.98 * found.known, found.missed
    assert found.answered_right >= 0.84 * found.known, found.missed
    assert found.answered_wrong <= 3, found.missed
    assert found.refused_right >= 0.9 * found.unknown, found.missed


def test_every_passage_can_be_cited():
    stock()
    for entry in library().entries:
        for passage in entry.passages:
            assert is_quoted(entry.id, entry.version, passage.text)


def test_the_articles_are_loaded_once_and_an_editors_words_stay():
    made = stock()
    assert Version.objects.count() == made
    Article.objects.filter(title="电脑蓝屏了").update(content="改过")
    assert stock() == 0
    assert Article.objects.get(title="电脑蓝屏了").content == "改过"


def test_every_file_can_be_read():
    for path in FOLDER.glob("*.md"):
        topic, articles = read(path.read_text(encoding="utf-8"))
        assert topic
        for article in articles:
            assert article["title"]
            assert article["keywords"]
            assert len(article["content"]) > 60
