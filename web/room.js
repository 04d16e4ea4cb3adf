// What the pages of all three roles do alike with what the worker says.

import { showFailures } from "./check-view.js";
import { build } from "./config.js";
import { endProgress, message, progress, waiting } from "./notices.js";
import { site as text } from "./strings.js";

/**
 * Wires links, waiting, progress and warnings. `ended` is called when the worker is of no more use:
 * it failed, or the room was closed. A page that is closed leaves the room for good, unless
 * `returns` says that it is to come back.
 */
export function wire(client, panel, ended, returns = () => false) {
  const end = () => {
    waiting("", 0);
    endProgress();
    panel.clear();
    ended();
  };
  client
    .on("loaded", async (module) => {
      const ours = await build();
      if (ours && module.build !== ours) message(text.mixed);
    })
    .on("link", (link) => panel.update(link))
    .on("unlink", ({ peer }) => panel.remove(peer))
    .on("waiting", ({ text: who, seconds }) => waiting(who, seconds))
    .on("progress", ({ done, total }) => progress(done, total))
    .on("warning", ({ text: sentence }) => message(sentence))
    .on("phase", ({ phase }) => {
      if (phase === "stopped") end();
    })
    .on("error", ({ fatal }) => {
      if (!fatal) return;
      end();
      showFailures();
    });
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted && !returns()) client.stop();
  });
}
