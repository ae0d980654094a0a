"""The articles of the demo company, from the text files beside this module."""

from pathlib import Path

from knowledge.commands import save_article
from knowledge.models import Article, Topic

FOLDER = Path(__file__).parent / "articles"
TOPIC, KEYWORDS, READERS = "主题：", "关键词：", "给谁看："


def stock():
    """Make the articles that are not there yet, by their titles; → how many were made."""
    there = set(Article.objects.values_list("title", flat=True))
    made = 0
    for position, path in enumerate(sorted(FOLDER.glob("*.md")), start=1):
        topic, articles = read(path.read_text(encoding="utf-8"))
        missing = [each for each in articles if each["title"] not in there]
        if missing:
            shelf, _created = Topic.objects.get_or_create(name=topic, defaults={"position": position * 10})
            for fields in missing:
                save_article(Article(topic=shelf, state=Article.State.PUBLISHED, **fields))
                made += 1
    return made


def read(text):
    """→ (topic, [fields of an article]) of one file: `# title`, lines of facts, then Markdown up to the next title."""
    head, *parts = f"\n{text}".split("\n# ")
    return head.strip().removeprefix(TOPIC), [_article(part) for part in parts]


def _article(part):
    title, *lines = part.split("\n")
    fields = {"title": title.strip(), "keywords": "", "audience": Article.Audience.EVERYONE}
    while lines and lines[0].startswith((KEYWORDS, READERS)):
        line = lines.pop(0)
        if line.startswith(KEYWORDS):
            fields["keywords"] = line.removeprefix(KEYWORDS)
        else:
            fields["audience"] = Article.Audience.AGENTS
    return {**fields, "content": "\n".join(lines).strip()}
