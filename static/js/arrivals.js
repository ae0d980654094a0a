// The ways on which files come to a tray.

import { shotName } from "./pictures.js";
import { say } from "./strings.js";

/** Take the files chosen in these fields; then `then()`. */
export function acceptFrom(fields, tray, then) {
  fields.forEach((field) =>
    field.addEventListener("change", () => {
      tray.add(field.files);
      field.value = "";
      then();
    }),
  );
}

/** Take files that are pasted or dropped anywhere on `place`, while `isOpen()`: there is a message to put them to. */
export function acceptOn(place, tray, then, isOpen = () => true) {
  const add = (files) => {
    tray.add(files);
    then();
  };
  place.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData.files);
    if (files.length && isOpen() && !isText(event, files)) {
      event.preventDefault();
      add(files.map(named));
    }
  });
  const carriesFiles = (event) => Array.from(event.dataTransfer.types).includes("Files");
  place.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
      event.dataTransfer.dropEffect = isOpen() ? "copy" : "none";
      place.classList.toggle("is-dropping", isOpen());
    }
  });
  place.addEventListener("dragleave", (event) => !event.relatedTarget && place.classList.remove("is-dropping"));
  place.addEventListener("drop", (event) => {
    place.classList.remove("is-dropping");
    if (carriesFiles(event)) {
      // Also when they are not wanted: the browser would leave the page to show the file.
      event.preventDefault();
      isOpen() && addDropped(event.dataTransfer, tray, add);
    }
  });
}

// A spreadsheet puts a picture of its cells beside their text; who pastes it into a field wants the text.
function isText(event, files) {
  const isField = event.target.matches("textarea, input");
  return isField && files.length === 1 && files[0].name === "image.png" && event.clipboardData.getData("text/plain") !== "";
}

function named(file) {
  return file.name === "image.png" ? new File([file], shotName(), { type: file.type }) : file;
}

// A folder comes as a file that cannot be read: only its entry tells, and only now.
function addDropped({ items, files }, tray, add) {
  const entries = Array.from(items).map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  const folders = entries.filter((entry) => entry && entry.isDirectory).map((entry) => entry.name);
  add(Array.from(files).filter((file) => !folders.includes(file.name)));
  if (folders.length) {
    tray.onRefused(say("shared.folder", { s: folders[0] }));
  }
}
