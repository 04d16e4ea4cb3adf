// Small helpers for elements. Text only ever enters a page as text, never as markup.

/** The element with this id; a page without it is broken, so that is an error. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return element;
}

/** A new element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Shows or hides elements. */
export function show(visible, ...elements) {
  for (const element of elements) element.hidden = !visible;
}
