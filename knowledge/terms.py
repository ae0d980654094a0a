"""The words of a text as they are looked for: the same for articles and questions, whatever the database."""

import re
import unicodedata

# Han characters stand without spaces: each neighbouring pair is a term. Letters and digits are terms by their runs.
RUNS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff]+")
JOINED = re.compile(r"(?<=[a-z0-9])[-_.](?=[a-z0-9])")
# Pairs that every question holds and that tell none from the other.
EMPTY = frozenset(
    """
    怎么 么办 怎样 如何 什么 为什 请问 一下 可以 我的 帮我 能不 不能 是不 现在 今天 已经 还是 知道 需要 想要 问题 情况
    老师 你好 您好 谢谢 麻烦 这个 那个 哪里 多少 有没 没有 一个 的时 时候 公司 电脑
    """.split()  # noqa: SIM905 (a list in quotes, one a line, is forty lines)
)


def normal(text):
    """Full-width forms, case and joined spellings (Wi-Fi, e-mail) made one."""
    return JOINED.sub("", unicodedata.normalize("NFKC", text).lower())


def terms(text):
    """→ list of terms in their order, with repetitions."""
    found = []
    for run in RUNS.findall(normal(text)):
        if run[0] < "\u3400" or len(run) == 1:
            found.append(run)
        else:
            found += [pair for pair in map("".join, zip(run, run[1:], strict=False)) if pair not in EMPTY]
    return found
