import "./delayed-api.js";
import "./holder.js";
