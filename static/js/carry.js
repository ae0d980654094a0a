// A bubble takes the place of another one, and the pictures that are on screen already stay: neither loaded nor drawn anew.

const STATES = ["message--open", "message--pointed"];

/** Puts `article`, which came from the server, in the place of `present`. */
export function replaceKeeping(present, article) {
  const kept = keptPictures(present, article);
  STATES.forEach((name) => article.classList.toggle(name, present.classList.contains(name)));
  if (present.dataset.seq) {
    article.setAttribute("aria-live", "off"); // it has been read aloud; a smaller copy of its picture is no news
  }
  present.replaceWith(article);
  kept.forEach(({ slot, picture, whole }) => {
    slot.replaceWith(picture);
    // One's own picture from this device: the server's takes over when it is there, without a gap.
    whole && whole.decode().then(() => picture.replaceWith(whole), () => {});
  });
}

// While the article is not part of the page its pictures are not asked for: each that is not needed goes before it is.
function keptPictures(present, article) {
  const local = localPictures(present, article);
  return Array.from(article.querySelectorAll("img[data-file]")).reduce((kept, fresh) => {
    const same = present.querySelector(`img[data-file="${fresh.dataset.file}"]`);
    const picture = same || local.get(fresh.closest("li"));
    if (!picture || !picture.complete || !picture.naturalWidth) {
      return kept;
    }
    const slot = document.createElement("span");
    fresh.replaceWith(slot);
    return [...kept, { slot, picture: same || dressed(picture, fresh), whole: same ? null : waiting(fresh) }];
  }, []);
}

// File by file, as they were chosen: not every picture of this device is one to the server (a BMP is a file to it).
function localPictures(present, article) {
  const [chosen, stored] = [present.querySelectorAll("[data-files] > *"), article.querySelectorAll("[data-attachments] > li")];
  const pairs = chosen.length === stored.length ? Array.from(stored).map((place, at) => [place, chosen[at]]) : [];
  return new Map(pairs.filter(([, preview]) => preview.matches("img")));
}

function dressed(picture, fresh) {
  picture.removeAttribute("class");
  ["alt", "width", "height", "data-file"].forEach((name) => picture.setAttribute(name, fresh.getAttribute(name)));
  return picture;
}

function waiting(fresh) {
  fresh.loading = "eager"; // outside the page a lazy one would never come
  return document.adoptNode(fresh);
}
