"""A console tells that somebody is in front of it, and stops when nobody is."""

from .asking import until


def test_a_console_that_nobody_touches_is_not_looked_at(open_page, sign_in, wangqiang):
    page = open_page()
    page.clock.install()
    told = []
    page.on("request", lambda request: request.url.endswith("/agent/here") and told.append(request.post_data))
    sign_in(page, wangqiang, "/agent/")
    until(page, lambda: told)
    page.mouse.move(300, 300)
    told.clear()
    page.clock.fast_forward("00:25")
    until(page, lambda: told == ["visible=true"])
    page.clock.fast_forward("11:00")
    told.clear()
    page.clock.fast_forward("00:25")
    page.evaluate("1")
    assert told == []
    page.mouse.move(320, 320)
    until(page, lambda: told == ["visible=true"])
