// The first page: the system check, and a real run in the picture of the parties.

import { showAll } from "../check-view.js";
import { byId, show } from "../dom.js";
import * as format from "../format.js";
import { playMessages } from "../message-picture.js";
import { SAMPLE, run } from "../real-run.js";
import { home as text, put } from "../strings.js";

showAll();

const button = byId("run");
let playing = null;

button.addEventListener("click", async () => {
  if (playing) {
    playing.abort();
    return;
  }
  playing = new AbortController();
  const { signal } = playing;
  button.textContent = text.stop;
  say(text.starting);
  byId("run-messages").replaceChildren();
  try {
    const { messages, result } = await run(signal);
    show(true, byId("run-messages"));
    say(text.playing);
    await playMessages(messages, signal);
    say(
      text.ran({
        digit: SAMPLE.digit,
        label: result.label,
        time: format.duration(result.onlineMs),
        bytes: format.bytes(result.onlineBytes),
      }),
    );
  } catch (error) {
    say(signal.aborted ? text.stopped : error.message);
  }
  playing = null;
  button.textContent = text.again;
});
button.disabled = false;

function say(sentence) {
  put(byId("run-status"), sentence);
}
