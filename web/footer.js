// The build in the footer of every page.

import { build } from "./config.js";
import { byId } from "./dom.js";
import { site as text } from "./strings.js";

byId("site-build").textContent = (await build()) || text.unknownBuild;
