"""Questions about articles. What may be read is decided here, and for the index in `library.py` alike."""

from difflib import unified_diff

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Role

from .library import library, shown
from .models import Article, Version

SUGGESTED = 3
LEAST_LETTERS = 2  # of what somebody types before anything is suggested


def readable_by(user):
    """The articles that `user` may read now."""
    found = shown(timezone.localdate()).select_related("topic")
    return found if reads_all(user) else found.filter(audience=Article.Audience.EVERYONE)


def reads_all(user):
    """Whether `user` may read what is meant for agents only."""
    return user.has_role(Role.AGENT) or user.has_role(Role.ADMIN)


def by_topic(user, words=""):
    """`[(topic, [article, …]), …]`: everything `user` may read, or what `words` find, each in its order."""
    found = {each.pk: each for each in readable_by(user)}
    ids = matching(words, for_agents=reads_all(user)) if words else list(found)
    topics = {}
    for article in (found[pk] for pk in ids if pk in found):
        topics.setdefault(article.topic, []).append(article)
    return list(topics.items())


def matching(words, *, for_agents):
    """Ids of the articles that answer `words`, best first, then all others that hold them as they stand."""
    shelf = library()
    ranked = [hit.entry.id for hit in shelf.find(words, for_agents=for_agents, limit=20)]
    return list(dict.fromkeys([*ranked, *(each.id for each in shelf.holding(words, for_agents=for_agents))]))


def suggested(words, *, for_agents=False):
    """The best hits for what somebody is typing, as `library.Hit`; none for a letter or two."""
    return library().find(words, for_agents=for_agents, limit=SUGGESTED) if len(words.strip()) >= LEAST_LETTERS else []


def voices(article):
    """`{"yes": n, "no": n}`: to how many it was of help, and to how many not."""
    return article.verdicts.aggregate(yes=Count("pk", Q(helped=True)), no=Count("pk", Q(helped=False)))


def changes(version):
    """What this version changed: `[(sign, line), …]` with the signs of a diff, the title as its first line."""
    before = version.article.versions.filter(number=version.number - 1).first()
    old = _lines(before) if before else []
    # The first two lines of a diff name the files, and here there are none.
    return [(line[0], line[1:]) for line in list(unified_diff(old, _lines(version), lineterm="", n=2))[2:]]


def _lines(version):
    return [version.title, *version.content.splitlines()]


def is_quoted(article_id, version, quote):
    """Whether this version of the article says `quote`, to the character."""
    found = Version.objects.filter(article=article_id, number=version).values_list("content", flat=True).first()
    return bool(quote) and found is not None and quote in found.replace("\r\n", "\n")
