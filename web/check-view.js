// The system check on a page: all of it on the first page, elsewhere only what is amiss.

import { check } from "./check.js";
import { byId, make, show } from "./dom.js";
import { check as text } from "./strings.js";

/** Checks everything and shows every answer, in #check, #check-summary and #check-list. */
export async function showAll() {
  byId("check-summary").textContent = text.checking;
  const answers = await check();
  byId("check-list").replaceChildren(...answers.map(item));
  const bad = answers.filter(({ state }) => state === "bad").length;
  const warnings = answers.filter(({ state }) => state === "warning").length;
  byId("check-summary").textContent = text.summary(bad, warnings);
  byId("check").dataset.state = bad > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  byId("check").open = bad > 0;
}

/**
 * Checks everything and shows what is amiss, if anything is. Gives all the answers. What is merely
 * missed shows only once something failed.
 */
export async function showFailures() {
  const answers = await check();
  const amiss = answers.filter(({ state }) => state === "bad" || state === "warning");
  byId("check-list").replaceChildren(...amiss.map(item));
  show(amiss.length > 0, byId("check"));
  return answers;
}

function item({ id, state, title, text: sentence }) {
  const element = make(
    "li",
    { className: state },
    make("strong", { textContent: title }),
    make("span", { className: "verdict", textContent: text.states[state] }),
    make("span", { className: "note", textContent: sentence }),
  );
  element.dataset.testid = `check-${id}`;
  return element;
}
