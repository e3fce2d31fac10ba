import "./stub-answers.js";
import "./holder.js";
