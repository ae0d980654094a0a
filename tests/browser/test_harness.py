"""The harness itself: a fault on a page is a failure, and nobody inherits the last test's world."""

import pytest
from playwright.sync_api import expect


def test_people_sign_in_through_wecom(open_page, sign_in, wangqiang):
    page = sign_in(open_page(), wangqiang, "/itportal/?choose=1")
    expect(page.locator("h1")).to_contain_text("王强")


def test_a_stranger_to_the_policy_is_noticed(open_page, problems):
    page = open_page()
    page.goto("/itportal/signed-out")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=/static/absent.png>')")
    expect(page.locator("img[src$='absent.png']")).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert any("absent.png" in each for each in problems.unexpected())
    assert any("Content Security Policy" in each for each in problems.unexpected())
    problems.found.clear()


def test_serious_faults_of_access_are_noticed(open_page, check_axe):
    page = open_page()
    page.goto("/itportal/signed-out")
    page.evaluate("document.body.append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        check_axe(page)
