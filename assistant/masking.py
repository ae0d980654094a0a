"""What looks like a secret or like a person is made unreadable before a question leaves for a provider (PRODUCT 2.3).

Also for the provider in this process: what it is given is what a log of questions would show.
"""

import re

NUMBERS = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)"), "［证件号］"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "［手机号］"),
)
# "密码是 abc123", "password: abc123": what follows the word, up to a space or a stop.
PASSWORD = re.compile(r"((?:密码|口令|passw(?:or)?d|pwd)\s*(?:是|为|[:：=])\s*)[^\s，。；,;]{4,}", re.IGNORECASE)


def masked(words):
    for pattern, stands_for in NUMBERS:
        words = pattern.sub(stands_for, words)
    return PASSWORD.sub(r"\1［密码］", words)
