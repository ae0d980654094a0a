"""How WeCom says no."""

import secrets


class Trouble(Exception):
    """An errcode other than 0 and its English text. `extra`: list fields that failure bodies may still carry."""

    def __init__(self, code, text, **extra):
        super().__init__(text)
        self.code = code
        self.text = text
        self.extra = extra

    def body(self, address):
        """The JSON, with the long tail that the real errmsg has (hint, caller's address, help page)."""
        hint = f"{secrets.randbelow(10**19):019d}"
        help_page = f"https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        text = f"{self.text}, hint: [{hint}], from ip: {address}, more info at {help_page}"
        return {"errcode": self.code, "errmsg": text, **self.extra}
