import data from "../data/data.json";
import { version } from "../data/data.json";
export const onRequest = () => Response.json({ data, version });
