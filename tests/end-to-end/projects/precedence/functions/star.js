export * from "./renamed.js";
