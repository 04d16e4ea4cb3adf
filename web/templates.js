// Finds the translation of a sentence that a program made of a template, as in `{who} stopped: {why}.`
// Templates are written as in the program: `{name}`, `{}`, and `{name:?}` for a text in quotes.

import { number } from "./format.js";

const HOLE = /\{([^{}]*)\}/g;
// Words, and not a name or a number.
const PROSE = /\p{Ll}{2,} \p{Ll}{2,}/u;

/**
 * Gives a function from sentences to their translation, or undefined. `catalogue` gives a template's
 * translation, which fills in the same parts by their names (`{}` are counted from 0), each translated
 * in turn. `forms` are named changes to a part, as for its case: `{who:dem}`. `quote` writes a text in
 * quotes.
 */
export function reader(catalogue, { forms, quote }) {
  const whole = new Map();
  const templates = [];
  for (const [template, translation] of Object.entries(catalogue)) {
    const parts = template.split(HOLE);
    if (parts.length === 1) whole.set(template, translation);
    else templates.push({ ...compiled(parts), translation });
  }
  // The more of a sentence a template says, the surer it is the right one.
  templates.sort((one, other) => other.says - one.says);

  function read(text) {
    return exactly(text) ?? begun(text);
  }

  // Programs begin what is no sentence yet with a capital, and may end it with a full stop.
  function begun(text) {
    const lower = text.charAt(0).toLowerCase() + text.slice(1);
    const stop = text.endsWith(".") ? "." : "";
    let own = lower === text ? undefined : exactly(lower);
    if (own === undefined && stop) {
      own = exactly(lower.slice(0, -1));
      own &&= own + stop;
    }
    return own && lower !== text ? own.charAt(0).toUpperCase() + own.slice(1) : own;
  }

  function exactly(text) {
    if (whole.has(text)) return whole.get(text);
    for (const { pattern, names, translation } of templates) {
      const found = pattern.exec(text);
      const own = found && filled(translation, names, found.slice(1));
      if (own) return own;
    }
    return undefined;
  }

  // Undefined where there is no translation of a part, for half a translation is none.
  function filled(translation, names, values) {
    let complete = true;
    const own = translation.replaceAll(HOLE, (_, hole) => {
      const [name, form] = hole.split(":");
      const value = part(values[names.indexOf(name)]);
      complete &&= value !== undefined;
      return form && complete ? forms[form](value) : value;
    });
    return complete ? own : undefined;
  }

  function part(text) {
    if (/^\d+$/.test(text)) return number(Number(text));
    const quoted = /^"(.*)"$/s.exec(text);
    if (quoted) return quote(quoted[1]);
    return read(text) ?? (PROSE.test(text) ? undefined : text);
  }

  return read;
}

// `parts` are the texts of a template and, in between, its holes.
function compiled(parts) {
  const texts = parts.filter((_, index) => index % 2 === 0);
  let unnamed = 0;
  const names = parts
    .filter((_, index) => index % 2 === 1)
    .map((hole) => hole.split(":")[0] || String(unnamed++));
  const escaped = texts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return {
    pattern: new RegExp(`^${escaped.join("(.+?)")}$`, "su"),
    names,
    says: texts.join("").length,
  };
}
