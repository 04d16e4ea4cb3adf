// Numbers as people read them, in the page's language and in the manner of the person's own country.

const { lang } = document.documentElement;
const locale = navigator.languages.find((name) => name.split("-")[0] === lang) ?? lang;

const count = new Intl.NumberFormat(locale);
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hour = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

/** A whole number with separators: 12,345. */
export function number(value) {
  return count.format(value);
}

/** A share from 0 to 1 in percent, with so many digits behind the point. */
export function percent(share, digits) {
  const options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, options).format(share);
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

/** Whole seconds, and minutes from sixty on: 12 s, 2 min 5 s. */
export function seconds(value) {
  const whole = Math.max(0, Math.floor(value));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A point in time, given in milliseconds. */
export function time(ms) {
  return day.format(ms);
}

/** The time of day, to the second. */
export function clock(moment) {
  return hour.format(moment);
}

function short(value, whole) {
  const rounded = whole || value >= 99.95 || Number.isInteger(value);
  return rounded ? count.format(Math.round(value)) : tenths.format(value);
}
