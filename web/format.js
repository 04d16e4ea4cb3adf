// Numbers as people read them.

const count = new Intl.NumberFormat("en");
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

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

/** A part of a whole, from 0 to 1: 99.8%. */
export function percent(part) {
  return share.format(part);
}

/** Milliseconds, and seconds from one thousand on. */
export function duration(ms) {
  return ms < 999.5 ? `${short(ms, false)} ms` : `${short(ms / 1000, false)} s`;
}

/** Whole seconds, and minutes from sixty on: 12 s, 2 min 5 s. */
export function seconds(value) {
  const whole = Math.max(0, Math.floor(value));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A point in time, given in milliseconds, in the manner of the person's own country. */
export function time(ms) {
  return day.format(ms);
}

/** The time of day, to the second. */
export function clock(moment) {
  return hour.format(moment);
}

function short(value, whole) {
  return value.toFixed(whole || value >= 99.95 || Number.isInteger(value) ? 0 : 1);
}
