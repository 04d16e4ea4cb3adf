// Where a page says how things stand: status, waiting, messages, error and progress.

import { byId, make, show } from "./dom.js";
import { bytes, seconds } from "./format.js";
import { notices as words, put } from "./strings.js";

/** Says in one sentence what is going on. Screen readers speak it when they are free. */
export function status(text, state = "busy") {
  const element = put(byId("status"), text);
  element.dataset.state = state;
}

/** Says something to screen readers alone: what others see happen. */
export function announce(text) {
  byId("announce").textContent = text;
}

let awaited = "";

/** Says who or what is waited for, and for how long so far; an empty text ends it. */
export function waiting(text, elapsed) {
  const element = byId("waiting");
  element.textContent = text ? words.waiting(text, seconds(elapsed)) : "";
  show(text !== "", element);
  // The line changes each second, so it is not read aloud by itself: its beginning is.
  if (text !== awaited && text) announce(words.awaited(text));
  awaited = text;
}

/** Adds a message that stays until it is closed: "warning" or "note". The same one stays single. */
export function message(text, kind = "warning") {
  const list = byId("messages");
  if ([...list.children].some((child) => child.dataset.text === text)) return;
  const close = make("button", { type: "button", className: "quiet", textContent: words.close });
  const element = make(
    "div",
    { className: `message ${kind}` },
    make("p", {}, make("strong", { textContent: words.kind[kind] }), " ", put(make("span"), text)),
    close,
  );
  element.dataset.text = text;
  close.addEventListener("click", () => {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    element.remove();
    (next?.querySelector("button") ?? byId("main")).focus();
  });
  list.append(element);
}

/** Says what went wrong and what to do; `link` may offer the way out as { text, href }. */
export function error(text, link) {
  const element = byId("error");
  element.replaceChildren(put(make("span"), text));
  if (link) element.append(" ", make("a", { href: link.href, textContent: link.text }));
  show(true, element);
}

export function clearError() {
  const element = byId("error");
  element.replaceChildren();
  show(false, element);
}

/** Shows how much of a longer transfer is done, in bytes. */
export function progress(done, total) {
  const bar = byId("progress");
  bar.max = Math.max(1, total);
  bar.value = Math.min(done, bar.max);
  byId("progress-text").textContent = words.progress(bytes(done), bytes(total));
  show(total > 0 && done < total, byId("progress-box"));
}

export function endProgress() {
  show(false, byId("progress-box"));
}
