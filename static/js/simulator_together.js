// Choosing another person reloads the page at once.
for (const form of document.querySelectorAll("[data-sends-itself]")) {
  form.addEventListener("change", () => form.submit());
}
