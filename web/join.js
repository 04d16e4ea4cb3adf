// Joining by invitation, as data owner or as helper: from the address bar or from a pasted link.

import { byId, show } from "./dom.js";
import { check, takeFromAddress } from "./invitation.js";
import { clearError, error } from "./notices.js";
import { invitation as text } from "./strings.js";

/** Shows the field for an invitation, for instance after the room was closed. */
export function offerJoining() {
  show(true, byId("join"));
}

/** Calls `join` with the link once there is a valid one; until then shows the field for it. */
export function awaitInvitation(role, join) {
  const form = byId("join");
  const field = byId("join-link");

  const attempt = (pasted) => {
    const { link, problem, elsewhere } = check(pasted, role);
    if (!link) {
      error(problem, elsewhere);
      offerJoining();
      return;
    }
    clearError();
    field.value = "";
    show(false, form);
    join(link);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(field.value);
  });

  const { link, stale } = takeFromAddress();
  if (link) {
    attempt(link);
    return;
  }
  offerJoining();
  if (stale) error(text.stale);
}
