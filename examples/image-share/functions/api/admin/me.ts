import type { Env } from "../../../src/env";

/** GET /api/admin/me: who the token is for. */
export const onRequestGet: PagesFunction<Env, string, { email: string }> = ({ data }) =>
  Response.json({ email: data.email });
