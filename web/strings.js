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

let read = chosen.sentence;

/**
 * The sentences that few pages need, and from then on what the program in WebAssembly says there: those
 * of `strings/LANGUAGE/NAME.js`.
 */
export async function more(name) {
  const load = (language) => import(`./strings/${language}/${name}.js`);
  const added = await load(root.lang).catch(() => load("en"));
  read = added.sentence ?? read;
  return added;
}

// A page may need them from the beginning.
const own = root.dataset.words ? await more(root.dataset.words) : {};
if (chosen.catalogue) {
  translatePage(document, { ...chosen.catalogue.pages, ...own.catalogue?.pages });
}
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
  const found = read(text);
  if (found === undefined) foreign.add(text);
  return found ?? text;
}

/** Sets an element's text, and marks it where it is in English on a page that is not. */
export function put(element, text) {
  element.textContent = text;
  if (foreign.has(text)) element.lang = "en";
  else element.removeAttribute("lang");
  return element;
}
