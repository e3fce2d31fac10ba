// What an Angular application loads before anything else: it puts its own Promise in the place of the browser's.

import "zone.js";
