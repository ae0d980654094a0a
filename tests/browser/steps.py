"""What people do at their pages, by the hooks that SPEC fixes; and what a test reads off a page."""

import re
from urllib.parse import quote, urlsplit

from playwright.sync_api import expect


def sign_in_at(page, user, next="/itdesk/"):
    """Through `/wecom/login` and the authorize page as this member; `user` is a User or a userid. → page"""
    userid = getattr(user, "userid", user)
    page.goto(f"/wecom/login?next={quote(next)}")
    page.locator(f'[data-userid="{userid}"]').click()
    page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/wecom/"))
    return page


class Desk:
    """An employee at the desk."""

    def __init__(self, page):
        self.page = page
        self.field = page.locator("#content")
        self.messages = page.locator("#messages [data-message]")
        self.state = page.locator(".desk__state-line")
        self.sentence = self.state.locator("[data-sentence]")

    def write(self, text):
        self.field.fill(text)
        self.page.locator("[data-composer] button[type=submit]").click()

    def bubble(self, text):
        return self.messages.filter(has_text=text)

    def expect_delivered(self, text):
        """Exactly one bubble says so, and the server has numbered it."""
        expect(self.bubble(text)).to_have_count(1)
        expect(self.bubble(text)).to_have_attribute("data-seq", re.compile(r"^\d+$"))

    def expect_status(self, status):
        expect(self.state.locator("[data-status]")).to_have_attribute("data-status", status)


class Console:
    """An agent at the console."""

    def __init__(self, page):
        self.page = page
        self.field = page.locator("#reply-content")
        self.messages = page.locator("#messages [data-message]")
        self.rows = page.locator("#inbox-list [data-conversation-id]")
        self.header = page.locator("#thread-header")

    def expect_live(self):
        expect(self.page.locator("#link-state")).to_have_attribute("data-state", "live")

    def row(self, conversation_id):
        return self.page.locator(f"#conversation-{conversation_id}")

    def open(self, text):
        """Open the conversation whose row says `text`; it is there, not still the one before."""
        row = self.rows.filter(has_text=text)
        conversation_id = row.get_attribute("data-conversation-id")
        row.click()
        expect(self.header).to_have_attribute("data-conversation-id", conversation_id)

    def act(self, action):
        self.header.locator(f'[data-action="{action}"]').click()

    def write(self, text, internal=False):
        mode = "note" if internal else "reply"
        self.page.locator(f'[data-mode-key="{mode}"]').click()
        self.field.fill(text)
        self.page.locator("[data-send]").click()

    def bubble(self, text):
        return self.messages.filter(has_text=text)

    def expect_delivered(self, text):
        expect(self.bubble(text)).to_have_count(1)
        expect(self.bubble(text)).to_have_attribute("data-seq", re.compile(r"^\d+$"))

    def expect_status(self, status):
        expect(self.header).to_have_attribute("data-status", status)
