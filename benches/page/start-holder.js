import { hold } from "/tokenkeep/holder";
import { config } from "/config.js";

hold(config);
