// What all German sentences have in common.

import { reader } from "../../templates.js";

/** A role in the dative, as in „dem Helfer“. */
export const dem = (who) => who.replace(/^der /, "dem ");

/** In the accusative, as in „den Helfer“. */
export const den = (who) => who.replace(/^der /, "den ");

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Reads the program's sentences by a catalogue from English to German. */
export const germanReader = (catalogue) =>
  reader(catalogue, { forms: { dem, den }, quote: (text) => `„${text}“` });
