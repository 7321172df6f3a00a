import old from "old-style";
import { named } from "old-style";
export const onRequest = () => Response.json([old.named, named, typeof old]);
