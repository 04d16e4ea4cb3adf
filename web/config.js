// Where the relay is, and which build of the site this is: two small files beside the pages.

import { site as text } from "./strings.js";

let relayAsked;
let buildAsked;

/**
 * The origin of this site's relay, which is the page's own unless `config.json` names another.
 * Rejects with the sentence that says why it is not known.
 */
export function relay() {
  relayAsked ??= json("config.json").then((config) => {
    try {
      return config?.relay ? new URL(config.relay).origin : location.origin;
    } catch {
      throw new Error(text.badConfig);
    }
  });
  return relayAsked;
}

/** The build of this site: 16 hexadecimal characters, or "" where it is not known. */
export function build() {
  buildAsked ??= json("build.json").then(
    (file) => String(file?.build ?? ""),
    () => "",
  );
  return buildAsked;
}

// What a file says; null if there is no such file.
async function json(file) {
  const response = await fetch(new URL(file, document.baseURI)).catch(() => null);
  if (response?.status === 404) return null;
  if (!response?.ok) throw new Error(text.unreachable);
  return response.json().catch(() => Promise.reject(new Error(text.badConfig)));
}
