// Numbers as people read them.

const count = new Intl.NumberFormat("en");

/** A whole number with separators: 12,345. */
export function number(value) {
  return count.format(value);
}

/** Bytes in steps of a thousand: 640 B, 12.3 kB, 4.6 MB. */
export function bytes(value) {
  let rest = Number(value);
  for (const unit of ["B", "kB", "MB"]) {
    if (rest < 999.5) return `${short(rest, unit === "B")} ${unit}`;
    rest /= 1000;
  }
  return `${short(rest, false)} GB`;
}

/** Milliseconds, and seconds from one thousand on. */
export function duration(ms) {
  return ms < 999.5 ? `${short(ms, false)} ms` : `${short(ms / 1000, false)} s`;
}

function short(value, whole) {
  return value.toFixed(whole || value >= 99.95 || Number.isInteger(value) ? 0 : 1);
}
