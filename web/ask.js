// Asks once more before something that cannot be undone.

import { make } from "./dom.js";

/** Resolves to whether the person said yes. Escape, and the button that has the focus, say no. */
export function ask({ title, text, yes, no }) {
  const heading = make("h2", { id: "ask-title", textContent: title });
  const body = make("p", { id: "ask-text", textContent: text });
  const refuse = make("button", { value: "no", className: "primary", textContent: no });
  const agree = make("button", { value: "yes", textContent: yes });
  agree.dataset.testid = "ask-yes";
  refuse.autofocus = true;
  const form = make("form", { method: "dialog" }, heading, body);
  form.append(make("div", { className: "tools" }, refuse, agree));
  const dialog = make("dialog", { className: "card" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.setAttribute("aria-describedby", body.id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
  });
}
