// Lets the browser keep the pages, so that they open without the network.

import { framed } from "./framed.js";

if ("serviceWorker" in navigator && !framed) {
  const keep = () => {
    // Where the browser keeps nothing, the pages need the network, and nothing else changes.
    navigator.serviceWorker.register(new URL("./sw.js", import.meta.url)).catch(() => {});
  };
  // What the page itself needs comes first.
  if (document.readyState === "complete") keep();
  else window.addEventListener("load", keep);
}
