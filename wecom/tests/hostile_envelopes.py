"""What is sent to the callback by who is not WeCom."""


def flipped(text, rng):
    """`text` with one character changed for another that may stand there."""
    place = rng.randrange(len(text))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/="
    return text[:place] + rng.choice(letters.replace(text[place], "")) + text[place + 1 :]


def lol(levels):
    lines = ['<!ENTITY a0 "lol">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)]
    return "".join(lines)


BOMBS = {
    "billion laughs": f"<!DOCTYPE xml [{lol(10)}]><xml><Encrypt>&a9;</Encrypt></xml>",
    "quadratic": f'<!DOCTYPE xml [<!ENTITY a "{"A" * 20_000}">]><xml><Encrypt>{"&a;" * 5_000}</Encrypt></xml>',
    "one entity": '<!DOCTYPE xml [<!ENTITY a "A">]><xml><Encrypt>&a;</Encrypt></xml>',
    "file": '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>',
    "net": '<!DOCTYPE xml [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]><xml><Encrypt>&a;</Encrypt></xml>',
    "parameter": '<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd">%a;]><xml><Encrypt>x</Encrypt></xml>',
    "outer dtd": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/a.dtd"><xml><Encrypt>x</Encrypt></xml>',
    "public dtd": '<!DOCTYPE xml PUBLIC "-//A//B" "http://127.0.0.1:9/a.dtd"><xml><Encrypt>x</Encrypt></xml>',
    "empty dtd": "<!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
    "attributes": '<!DOCTYPE xml [<!ATTLIST xml a CDATA "x">]><xml><Encrypt>x</Encrypt></xml>',
    "notation": '<!DOCTYPE xml [<!NOTATION a SYSTEM "calc">]><xml><Encrypt>x</Encrypt></xml>',
    "unknown entity": "<xml><Encrypt>&a;</Encrypt></xml>",
    "deep": f"<xml>{'<a>' * 8_000}{'</a>' * 8_000}</xml>",
    "wide": f"<xml>{'<Encrypt/>' * 6_000}</xml>",
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE xml [<!ENTITY a "A">]><xml>&a;</xml>'.encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE xml+AD4-<xml/>',
    "xinclude": '<xml xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd"/></xml>',
    "cut off": "<xml><Encrypt>",
}
