// What a tab keeps over a reload: its invitation, and the secret by which the others know that the
// same person comes back. The browser forgets both with the tab. The frames of try.html share their
// tab with pages to come, so they keep nothing.

import { framed } from "./framed.js";

const name = (role) => `blindsight.${role}`;

/** Keeps the invitation's link and the secret; where the browser does not allow it, nothing. */
export function save(role, invitation, identity) {
  if (framed) return;
  try {
    sessionStorage.setItem(name(role), JSON.stringify({ invitation, identity: [...identity] }));
  } catch {
    // A reload then asks for the invitation again.
  }
}

/** What was kept, as { invitation, identity }, or null. */
export function load(role) {
  if (framed) return null;
  try {
    const { invitation, identity } = JSON.parse(sessionStorage.getItem(name(role)));
    return { invitation, identity: Uint8Array.from(identity) };
  } catch {
    return null;
  }
}

export function forget(role) {
  try {
    sessionStorage.removeItem(name(role));
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}
