// Whether a page stands in a frame of the site's own page try.html, where one person plays every role.

/** Only that page can frame this one: the server forbids it to all others. */
export const framed = window.parent !== window && isTryPage(window.parent);

if (framed) document.documentElement.classList.add("framed");

/**
 * Hands something to try.html: an object, to which the nonce is added by which that page knows the
 * frame that it opened.
 */
export function report(what) {
  if (!framed) return;
  const nonce = new URLSearchParams(location.hash.slice(1)).get("try");
  window.parent.postMessage({ ...what, nonce }, location.origin);
}

function isTryPage(other) {
  try {
    const own = new URL("./try.html", import.meta.url);
    return other.location.origin === own.origin && other.location.pathname === own.pathname;
  } catch {
    // The address of a page from elsewhere cannot be read.
    return false;
  }
}
