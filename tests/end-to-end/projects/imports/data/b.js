import { name } from "./a.js";
export const b = () => `b ${name}`;
