// Invitation links: SITE/draw.html#room=…&secret=…&key=…&plan=…, where the page says the role; behind it
// &parties=… where there are compute parties.

import { invitation as text } from "./strings.js";

const ROLES = {
  "draw.html": "data-owner",
  "help.html": "helper",
  "party.html": "compute-party",
};
const PARTS = ["room", "secret", "key", "plan"];

/**
 * Takes the invitation out of the address bar, if there is one: it stays in memory, and the
 * address and this entry of the history lose it. Gives the whole link, or "".
 */
export function takeFromAddress() {
  // A link that is opened again in this tab only changes the fragment.
  window.addEventListener("hashchange", () => {
    if (isInvitation(location.hash)) location.reload();
  });
  const link = location.href;
  if (!isInvitation(location.hash)) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return link;
}

/** How many compute parties the room of a link has; 0 where there is a helper, or no link. */
export function partiesOf(link) {
  const parts = new URLSearchParams(link.slice(link.indexOf("#") + 1));
  return link.includes("#") ? Number(parts.get("parties") ?? 0) : 0;
}

/** Checks a link for a role. Gives { link }, or { problem } and where to go with it instead. */
export function check(pasted, role) {
  let url;
  try {
    url = new URL(pasted.trim());
  } catch {
    return { problem: text.unreadable };
  }
  const page = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  if (!Object.hasOwn(ROLES, page)) return { problem: text.unreadable };
  const parts = new URLSearchParams(url.hash.slice(1));
  if (!PARTS.every((name) => parts.get(name))) return { problem: text.incomplete };
  const invited = ROLES[page];
  if (invited !== role) {
    const elsewhere = { href: url.href, text: text.openThere[invited] };
    return { problem: text.otherRole[invited], elsewhere };
  }
  return { link: url.href };
}

// Other fragments are places on a page.
function isInvitation(hash) {
  const parts = new URLSearchParams(hash.slice(1));
  return PARTS.some((name) => parts.has(name));
}
