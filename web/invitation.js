// Invitation links: page?room=R&role=ROLE#SECRET.

import { invitation as text } from "./strings.js";

const PAGES = { "data-owner": "draw.html", helper: "help.html" };

/**
 * Takes the invitation out of the address bar. The secret stays in memory only: it is removed
 * from the address and from this entry of the history.
 *
 * Gives { link } for an invitation, { stale: true } for one whose secret is gone, else {}.
 */
export function takeFromAddress() {
  const link = location.href;
  const { searchParams, hash } = new URL(link);
  // The same link opened again in this tab only changes the fragment.
  window.addEventListener("hashchange", () => {
    if (location.hash.length > 1) location.reload();
  });
  if (!searchParams.has("room")) return {};
  if (hash.length <= 1) return { stale: true };
  history.replaceState(null, "", location.pathname + location.search);
  return { link };
}

/** Checks a link for a role. Gives { link }, or { problem } and where to go with it instead. */
export function check(pasted, role) {
  let url;
  try {
    url = new URL(pasted.trim());
  } catch {
    return { problem: text.unreadable };
  }
  const invited = url.searchParams.get("role");
  if (!url.searchParams.get("room") || !Object.hasOwn(PAGES, invited)) {
    return { problem: text.unreadable };
  }
  if (url.hash.length <= 1) return { problem: text.incomplete };
  if (invited !== role) {
    const href = new URL(PAGES[invited] + url.search + url.hash, url).href;
    return { problem: text.otherRole[invited], elsewhere: { href, text: text.openThere[invited] } };
  }
  return { link: url.href };
}
