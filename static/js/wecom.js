// Inside WeCom's own browser the page can do a little more. All of it is fetched there alone: any other browser loads
// none of it and waits for nothing.

// Asked before anything of WeChat's: WeCom calls itself MicroMessenger, too.
const CLIENT = /wxwork\/[\d.]+/i;

/** `thread`: what wecom_page.js works on, where the page shows one request. */
export function insideWecom(thread = null) {
  if (CLIENT.test(navigator.userAgent)) {
    // Without an answer, a signature or the right version of the client, the page is what it is everywhere else.
    import("./wecom_page.js")
      .then(({ begin }) => begin(thread))
      .catch(() => {});
  }
}
