// The sentences of rooms with compute parties, which only they load.

import { more } from "./strings.js";

export const { lobby, party, shared } = await more("parties");
