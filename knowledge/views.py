"""Articles for whoever asks for help: the list with its search, one article, and what is suggested while typing."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from . import commands, queries
from .markdown import html
from .passages import passages

MOST_WORDS = 200  # characters of a question that are looked at


@require_safe
def shelf(request):
    words = _words(request.GET)
    page = {"topics": queries.by_topic(request.user, words), "words": words}
    return render(request, "knowledge/_shelf.html" if _is_part(request) else "knowledge/shelf.html", page)


@require_safe
def article(request, article_id):
    found = get_object_or_404(queries.readable_by(request.user), pk=article_id)
    said = found.verdicts.filter(person=request.user).first()
    page = {"article": found, "sections": _sections(found), "said": said}
    return render(request, "knowledge/_article.html" if _is_part(request) else "knowledge/article.html", page)


@require_POST
def verdict(request, article_id):
    found = get_object_or_404(queries.readable_by(request.user), pk=article_id)
    commands.judge(found, person=request.user, helped=request.POST.get("helped") == "yes")
    if _is_part(request):
        said = found.verdicts.get(person=request.user)
        return render(request, "knowledge/_verdict.html", {"article": found, "said": said})
    return HttpResponseRedirect(reverse("knowledge:article", args=[found.pk]), status=303)


@require_POST
def suggestions(request):
    """A fragment: at most three articles for what is being typed; empty when there is nothing to say.

    Changes nothing, and is a POST all the same: addresses are kept by proxies, and these words may hold a password.
    """
    hits = queries.suggested(_words(request.POST), for_agents=queries.reads_all(request.user))
    return render(request, "knowledge/_suggestions.html", {"hits": hits})


@require_POST
@permission_required("knowledge.change_article", raise_exception=True)
def preview(request):
    """How the words of the form would look; for the editors in the admin."""
    return render(request, "knowledge/_preview.html", {"body": html(request.POST.get("content", ""))})


def _sections(found):
    """[{number, heading (where a new one begins), body}]"""
    sections, before = [], ""
    for passage in passages(found.content):
        heading = passage.heading if passage.heading != before else ""
        sections.append({"number": passage.number, "heading": heading, "body": html(passage.text)})
        before = passage.heading
    return sections


def _words(fields):
    return fields.get("q", "").replace("\0", "").strip()[:MOST_WORDS]


def _is_part(request):
    return "HX-Request" in request.headers
