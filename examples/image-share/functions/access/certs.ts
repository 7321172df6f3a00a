import { demoKeys } from "../../src/access";
import type { Env } from "../../src/env";

/** GET /access/certs: the keys that tokens are signed with, where Access has them at /cdn-cgi/access/certs. */
export const onRequestGet: PagesFunction<Env> = async ({ env }) => Response.json(await demoKeys(env));
