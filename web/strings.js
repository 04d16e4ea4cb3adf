// The sentences of the page's language. Nothing of a page's own program runs before they are there
// and the HTML is in that language too.

import { translatePage } from "./translate-page.js";

const root = document.documentElement;

let chosen;
try {
  chosen = await import(`./strings/${root.lang}.js`);
} catch {
  // Without the network there may be English alone.
  root.lang = "en";
  chosen = await import("./strings/en.js");
}
if (chosen.catalogue) translatePage(document, chosen.catalogue.pages);
root.classList.remove("translating");

export const {
  camera,
  check,
  copy,
  draw,
  help,
  home,
  host,
  invitation,
  language,
  links,
  live,
  many,
  notices,
  plan,
  see,
  site,
  tryout,
  upload,
  worker,
} = chosen;

// Sentences that there are in English only.
const foreign = new Set();

/** What the program in WebAssembly says in English, in the page's language where there is that. */
export function sentence(text) {
  const own = chosen.sentence(text);
  if (own === undefined) foreign.add(text);
  return own ?? text;
}

/** Sets an element's text, and marks it where it is in English on a page that is not. */
export function put(element, text) {
  element.textContent = text;
  if (foreign.has(text)) element.lang = "en";
  else element.removeAttribute("lang");
  return element;
}
