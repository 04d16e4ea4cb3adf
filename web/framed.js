// Whether a page stands in a frame of the site's own page try.html, where one person plays every role,
// and what it says to that page.

/** Only that page can frame this one: the server forbids it to all others. */
export const framed = window.parent !== window && isTryPage(window.parent);

// By the nonce the two know that they belong together: the page that opened the frame made it up.
const nonce = framed ? new URLSearchParams(location.hash.slice(1)).get("try") : null;

if (framed) document.documentElement.classList.add("framed");

/** Tells try.html something: an object. */
export function report(what) {
  if (framed) window.parent.postMessage({ ...what, nonce }, location.origin);
}

/** Asks try.html for an invitation, and calls `join` with its link once there is one. */
export function askForInvitation(join) {
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || source !== window.parent || data?.nonce !== nonce) return;
    join(data.link);
  });
  report({ waits: true });
}

function isTryPage(other) {
  try {
    const own = new URL("try.html", document.baseURI);
    return other.location.origin === own.origin && other.location.pathname === own.pathname;
  } catch {
    // The address of a page from elsewhere cannot be read.
    return false;
  }
}
