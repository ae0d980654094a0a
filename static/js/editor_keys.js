// What each key does while the picture editor is open.

/** Nothing of the page behind hears a key meanwhile. */
export function keyOf(editor, event) {
  event.stopPropagation();
  // 229: the key belongs to the input method.
  const act = event.isComposing || event.keyCode === 229 ? null : actOf(editor, event);
  if (act) {
    event.preventDefault();
    act();
  }
}

function actOf(editor, event) {
  const { key, target } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  const isWriting = target === editor.field;
  if (key === "Tab") {
    return () => editor.tab(event.shiftKey ? -1 : 1);
  }
  if (key === "Escape") {
    return () => (editor.hand.shape ? editor.dropShape() : editor.leave(null));
  }
  if (isCommand && key === "Enter") {
    return () => editor.finish(true);
  }
  if (isCommand && !isWriting) {
    return commandOf(editor, key.toLowerCase(), event.shiftKey);
  }
  if (isWriting || target.closest("button")) {
    return null; // their own keys
  }
  if (key === "Enter") {
    return () => editor.enter();
  }
  return editor.hand.key(event) ? () => {} : null;
}

function commandOf(editor, key, shift) {
  if (key === "z") {
    return () => editor.step(shift ? "redo" : "undo");
  }
  return key === "y" ? () => editor.step("redo") : null;
}
