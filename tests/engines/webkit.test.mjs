import { tellStories } from "./support/tell.mjs";

tellStories("webkit");
