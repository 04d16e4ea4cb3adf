// Pictures from outside: chosen, dropped or pasted. The browser decodes them; they stay in the tab.

import { upload as text } from "./strings.js";

const MOST_PIXELS = 100_000_000;
const MOST_BYTES = 100_000_000;

/** More than this is of no use to 28 pixels, and costs memory and time. */
export const LONGEST_SIDE = 1120;

/**
 * Calls `take` with a file that is chosen, dropped on `area` or pasted into the page, and its name;
 * `takeMany` with several.
 */
export function listenForFiles({ input, area, take, takeMany }) {
  const takeAll = (files, name) => {
    if (files.length > 1) takeMany(files);
    else if (files.length === 1) take(files[0], name ?? files[0].name);
  };
  input.addEventListener("change", () => {
    const files = [...input.files];
    // So that the same file can be chosen again.
    input.value = "";
    takeAll(files);
  });
  listenForDrops(area, (files) => takeAll(files));
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    takeAll(files, text.pasted);
  });
}

/** Calls `take` with the files that are dropped on `area` together; marks the area meanwhile. */
export function listenForDrops(area, take) {
  const mark = (event, over) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    area.classList.toggle("drop", over);
  };
  area.addEventListener("dragenter", (event) => mark(event, true));
  area.addEventListener("dragover", (event) => mark(event, true));
  area.addEventListener("dragleave", (event) => mark(event, false));
  area.addEventListener("drop", (event) => {
    mark(event, false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) take(files);
  });
}

/**
 * Decodes a picture and scales it down where it is large. Gives a canvas with it; rejects with
 * the sentence that says why the file cannot be used.
 */
export async function decode(file) {
  if (file.size > MOST_BYTES) throw new Error(text.tooManyBytes);
  refuseHuge(await pngSize(file));
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    throw new Error(text.undecodable);
  }
  try {
    refuseHuge(bitmap);
    return scaledDown(bitmap);
  } finally {
    bitmap.close();
  }
}

function scaledDown(bitmap) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function refuseHuge({ width, height }) {
  if (width * height > MOST_PIXELS) {
    throw new Error(text.tooLarge(Math.round((width * height) / 1e6)));
  }
}

// A PNG of a few kilobytes can unfold to gigabytes, so its size is read before it is decoded. Of
// other formats the browser's own limits hold.
async function pngSize(file) {
  const head = new DataView(await file.slice(0, 24).arrayBuffer());
  const isPng = head.byteLength === 24 && head.getUint32(0) === 0x89504e47;
  return isPng
    ? { width: head.getUint32(16), height: head.getUint32(20) }
    : { width: 0, height: 0 };
}
