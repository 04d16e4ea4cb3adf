// A picture from the camera: on phones the system's own camera, elsewhere a dialog on the page.

import { byId, make, show } from "./dom.js";
import { camera as text } from "./strings.js";
import { LONGEST_SIDE } from "./upload.js";

const REASONS = {
  NotAllowedError: text.refused,
  SecurityError: text.refused,
  NotFoundError: text.none,
  OverconstrainedError: text.none,
  NotReadableError: text.inUse,
  AbortError: text.inUse,
};

/**
 * Shows the way to the camera that this device has, if it has one. Calls `file` with a picture file
 * of the system's camera, `picture` with a canvas, and `problem` with a sentence.
 */
export function offerCamera({ file, picture, problem }) {
  const input = byId("camera-file");
  input.addEventListener("change", () => {
    const [taken] = input.files;
    input.value = "";
    if (taken) file(taken, text.name);
  });
  byId("camera").addEventListener("click", async () => {
    try {
      const taken = await takePicture();
      if (taken) picture(taken, text.name);
    } catch (error) {
      problem(REASONS[error.name] ?? text.failed);
    }
  });
  const offer = () => choose().then((way) => {
    show(way === "system", byId("camera-system"));
    show(way === "page", byId("camera"));
  });
  offer();
  navigator.mediaDevices?.addEventListener?.("devicechange", offer);
}

async function choose() {
  if (matchMedia("(pointer: coarse)").matches) return "system";
  // Only pages that came over an encrypted connection, or from this machine, may ask.
  const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
  return devices.some(({ kind }) => kind === "videoinput") ? "page" : "none";
}

// Resolves to a canvas with the picture, or to null if the person thought better of it.
async function takePicture() {
  const { dialog, video, take } = build();
  document.body.append(dialog);
  const closed = new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(null), { once: true });
  });
  const leave = () => dialog.close();
  window.addEventListener("pagehide", leave);
  dialog.showModal();
  const opening = open();
  try {
    const stream = await Promise.race([opening, closed]);
    if (!stream) return null;
    video.srcObject = stream;
    stream.getVideoTracks()[0]?.addEventListener("ended", leave);
    await Promise.race([video.play(), closed]);
    take.disabled = false;
    take.focus();
    await closed;
    return dialog.returnValue === "take" ? square(video) : null;
  } finally {
    // Whatever happened, and even if the camera opens only now: it is off.
    opening.then(stop, () => {});
    video.srcObject = null;
    window.removeEventListener("pagehide", leave);
    if (dialog.open) dialog.close();
    dialog.remove();
  }
}

function open() {
  const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function build() {
  const video = make("video", { muted: true, playsInline: true });
  video.setAttribute("aria-label", text.view);
  const heading = make("h2", { id: "camera-title", textContent: text.title });
  const note = make("p", { id: "camera-note", className: "note", textContent: text.how });
  const take = make("button", { value: "take", className: "primary", textContent: text.take });
  const cancel = make("button", { value: "cancel", textContent: text.cancel });
  take.dataset.testid = "camera-take";
  cancel.dataset.testid = "camera-cancel";
  take.disabled = true;
  const form = make("form", { method: "dialog" }, heading, note, video);
  form.append(make("div", { className: "tools" }, take, cancel));
  const dialog = make("dialog", { className: "card camera" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.setAttribute("aria-describedby", note.id);
  return { dialog, video, take };
}

// The square in the middle, which is what the dialog shows.
function square(video) {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  const scaled = Math.min(side, LONGEST_SIDE);
  const canvas = make("canvas", { width: scaled, height: scaled });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  context.drawImage(video, left, top, side, side, 0, 0, scaled, scaled);
  return canvas;
}
