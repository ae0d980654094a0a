"""The only code that writes articles and what people say of them."""

from django.db import transaction
from django.utils import timezone

from .models import Article, Verdict, Version


def save_article(article, *, by=None):
    """Store `article` (new, or changed by a form). Words that changed become a new version; → the article."""
    with transaction.atomic():
        before = Article.objects.select_for_update().filter(pk=article.pk).first() if article.pk else None
        article.version = before.version if before else 0
        article.updated_at = timezone.now()
        changed = before is None or (before.title, before.content) != (article.title, article.content)
        if changed:
            article.version += 1
        article.save()
        if changed:
            Version.objects.create(
                article=article, number=article.version, title=article.title, content=article.content, by=by,
                at=article.updated_at,
            )  # fmt: skip
    return article


def judge(article, *, person, helped):
    """`person` says whether it helped them; saying it again changes their word."""
    said = {"helped": helped, "at": timezone.now()}
    Verdict.objects.update_or_create(article=article, person=person, defaults=said)
