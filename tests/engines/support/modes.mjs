import { ownMode } from "../../browser/support/stage.mjs";

/** The ways of running, by the names that the stage has for them. */
export const titles = { made: "SharedWorker", worker: "Worker", page: "page", [ownMode]: "own origin" };
export const allModes = Object.keys(titles);
/** Those in which one holder serves every tab. */
export const commonModes = ["made", ownMode];
