/** The tab's title: `(2) 张伟 · 打印机…` says how many conversations have news that nobody here has looked at. */

const news = new Set();
let words = document.title;

function show() {
  document.title = news.size ? `(${news.size}) ${words}` : words;
}

export function titleIs(text) {
  words = text;
  show();
}

/** `id` got a new line while it was not on screen. */
export function hasNews(id) {
  news.add(id);
  show();
}

export function seen(id) {
  news.delete(id);
  show();
}
