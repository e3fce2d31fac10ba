import { start } from "./angular.ts";

start();
