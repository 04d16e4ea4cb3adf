// The footer of every page: the build, and the choice of the language.

import { ask } from "./ask.js";
import { build } from "./config.js";
import { byId, make } from "./dom.js";
import { language as words, site as text } from "./strings.js";

const root = document.documentElement;

const languages = Object.entries(pageLanguage.names);
const list = make(
  "ul",
  { className: "languages" },
  ...languages.map(([lang, name]) => make("li", {}, button(lang, name))),
);
list.setAttribute("aria-label", words.choose);
document.querySelector("body > footer").append(list);

byId("site-build").textContent = (await build()) || text.unknownBuild;

function button(lang, textContent) {
  const element = make("button", { type: "button", className: "quiet", lang, textContent });
  element.dataset.testid = `language-${lang}`;
  if (lang === root.lang) element.setAttribute("aria-current", "true");
  element.addEventListener("click", async () => {
    if (lang === root.lang) return;
    // A page that plays a role leaves its room when it is loaded again.
    if (root.dataset.room && !(await ask(words.sure))) return;
    pageLanguage.choose(lang);
    location.reload();
  });
  return element;
}
