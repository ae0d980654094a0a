"""What a page must never do, whatever a test looks at: log an error, break the CSP, throw, miss a static file."""

import re


class Problems:
    """Collects them from every page of a test. A test that provokes one says so: `problems.expect("status of 409")`."""

    def __init__(self):
        self.found = []
        self._expected = []

    def expect(self, *patterns):
        """Regular expressions of problems that this test is about."""
        self._expected += patterns

    def watch(self, page):
        page.on("console", lambda message: self._console(page, message))
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: thrown: {error}"))
        page.on("response", lambda response: self._response(response))
        page.on("requestfailed", lambda request: self._failed(request))

    def unexpected(self):
        return [each for each in self.found if not any(re.search(pattern, each) for pattern in self._expected)]

    def _console(self, page, message):
        if message.type == "error":
            self.found.append(f"{page.url}: console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response):
        if response.status >= 400 and "/static/" in response.url:
            self.found.append(f"{response.url}: static file answered {response.status}")

    def _failed(self, request):
        # A page that is left cancels what it still loads; that is no fault of the page.
        if "/static/" in request.url and "ERR_ABORTED" not in (request.failure or ""):
            self.found.append(f"{request.url}: {request.failure}")
