import "./stub-answers.js";
import "./relay-worker.js";
