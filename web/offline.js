// Lets the browser keep the pages, so that they open without the network, in the language they are in.

import { framed } from "./framed.js";

if ("serviceWorker" in navigator && !framed) {
  const sentences = new URL("./strings/", import.meta.url).href;
  const keep = async () => {
    try {
      await navigator.serviceWorker.register(new URL("sw.js", document.baseURI));
      const { active } = await navigator.serviceWorker.ready;
      const used = performance.getEntriesByType("resource").map(({ name }) => name);
      active.postMessage({ keep: used.filter((name) => name.startsWith(sentences)) });
    } catch {
      // Where the browser keeps nothing, the pages need the network, and nothing else changes.
    }
  };
  // What the page itself needs comes first.
  if (document.readyState === "complete") keep();
  else window.addEventListener("load", keep);
}
