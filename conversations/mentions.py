"""Who is called in a note: `@userid` or `@姓名`, as people write it, with or without a space behind it."""

import re


def mentioned(content, people):
    """Those of `people` (anything with `userid` and `name`) who are called, each once, in their order of calling."""
    names = {}
    for person in people:
        for name in (person.userid, person.name):
            if name:
                names.setdefault(name.lower(), person)
    if "@" not in content.replace("＠", "@") or not names:
        return []
    # The longest first: 王强东 is not 王强. Behind a Latin name no letter may follow, or @li would call @liyang.
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile("[@＠](" + "|".join(f"{re.escape(name)}{_end(name)}" for name in longest) + ")", re.IGNORECASE)
    found = [names[match[1].lower()] for match in pattern.finditer(content)]
    return list(dict.fromkeys(found))


def _end(name):
    return r"(?![A-Za-z0-9_.-]*[A-Za-z0-9_])" if name[-1].isascii() else ""
