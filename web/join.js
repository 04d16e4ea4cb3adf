// Joining by invitation, as data owner or as helper: from the address bar, from what this tab kept
// over a reload, from a pasted link, or from try.html.

import { byId, show } from "./dom.js";
import { askForInvitation, framed } from "./framed.js";
import { check, takeFromAddress } from "./invitation.js";
import * as kept from "./kept-invitation.js";
import { clearError, error, message, status } from "./notices.js";
import { invitation as text } from "./strings.js";

/** Shows the field for an invitation, for instance after the room was closed. */
export function offerJoining() {
  show(true, byId("join"));
}

/**
 * Calls `join` with { invitation, identity } once there is a valid link; until then shows the field
 * for it. `identity` is what a tab kept that used the same invitation before, or null.
 */
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
    const before = kept.load(role);
    join({ invitation: link, identity: before?.invitation === link ? before.identity : null });
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(field.value);
  });

  const opened = takeFromAddress();
  const before = kept.load(role);
  if (opened) {
    attempt(opened);
  } else if (before) {
    message(text.joinedAnew[role], "note");
    attempt(before.invitation);
  } else if (framed) {
    status(text.awaited);
    askForInvitation(attempt);
  } else {
    offerJoining();
  }
}
