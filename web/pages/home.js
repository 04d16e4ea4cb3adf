// The first page: the system check.

import { showAll } from "../check-view.js";

showAll();
