"""The row of files above the field, and sending what is in it."""

from playwright.sync_api import expect


def tray(page):
    return page.locator(".tray__item")


def said(page):
    return page.locator("[data-word], [data-ask]")


def expect_ready(page, count=1):
    """All are there, and looked at."""
    expect(tray(page)).to_have_count(count)
    expect(page.locator(".tray__item[aria-busy=true]")).to_have_count(0)


def send(page):
    page.locator("[data-composer] [type=submit], [data-send]").first.click()
    expect(tray(page)).to_have_count(0)
    expect(page.locator("#messages [data-message][data-seq] .message__picture, .message__file").first).to_be_visible()
