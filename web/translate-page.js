// Puts the English of a page's HTML into another language.
//
// The English itself is the key, so the HTML needs no other marks and cannot say something else than
// the catalogue translates. A text with elements in it is one sentence: they are numbered in their
// order, `<1>like this</1>`, and `<2/>` where there is nothing in them to translate. A translation puts
// the same elements into its own order. Nothing is ever read as markup.

const ATTRIBUTES = ["alt", "aria-label", "data-label", "placeholder", "title"];
const SKIPPED = "noscript, script, style";
const LETTERS = /\p{L}/u;
const MARK = /<(\d+)(\/?)>|<\/\d+>/g;

/**
 * Translates all of a document by a catalogue from English to the other language. What it lacks
 * stays, and is marked as English. Gives the English of all that it came upon.
 */
export function translatePage(page, catalogue) {
  const keys = [];
  const own = (key) => {
    keys.push(key);
    return Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
  };
  translate(page.documentElement, own);
  for (const name of ATTRIBUTES) {
    for (const element of page.querySelectorAll(`[${name}]`)) translateAttribute(element, name, own);
  }
  const description = page.querySelector("meta[name=description]");
  if (description) translateAttribute(description, "content", own);
  return keys;
}

function translate(element, own) {
  if (element.matches(SKIPPED)) return;
  const says = [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && LETTERS.test(node.data),
  );
  if (!says) {
    for (const child of element.children) translate(child, own);
    return;
  }
  const inner = [];
  const key = keyOf(element, inner).trim();
  const translation = own(key);
  if (translation === undefined) element.lang = "en";
  else fill(element, translation, inner);
}

// The English of an element; collects the elements in it.
function keyOf(element, inner) {
  let key = "";
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) key += node.data.replaceAll(/\s+/g, " ");
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    const number = inner.push(node);
    const within = LETTERS.test(node.textContent) ? keyOf(node, inner) : "";
    key += within ? `<${number}>${within}</${number}>` : `<${number}/>`;
  }
  return key;
}

// Fills an element with a translation and the numbered elements in it.
function fill(element, translation, inner) {
  const open = [{ element, nodes: [] }];
  const close = () => {
    const { element: filled, nodes } = open.pop();
    filled.replaceChildren(...nodes);
  };
  let end = 0;
  for (const match of translation.matchAll(MARK)) {
    open.at(-1).nodes.push(translation.slice(end, match.index));
    end = match.index + match[0].length;
    const [, number, empty] = match;
    if (number === undefined) {
      close();
      continue;
    }
    const child = inner[number - 1];
    open.at(-1).nodes.push(child);
    if (!empty) open.push({ element: child, nodes: [] });
  }
  open.at(-1).nodes.push(translation.slice(end));
  close();
}

function translateAttribute(element, name, own) {
  const value = element.getAttribute(name);
  if (!LETTERS.test(value)) return;
  element.setAttribute(name, own(value) ?? value);
}
