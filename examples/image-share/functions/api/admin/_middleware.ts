import { identify } from "../../../src/access";
import { type Env, problem } from "../../../src/env";

/** All below needs a token of Cloudflare Access. */
export const onRequest: PagesFunction<Env, string, { email: string }> = async ({ request, env, data, next }) => {
  try {
    data.email = await identify(env, request);
  } catch (error) {
    return problem(401, `administrators only: ${(error as Error).message}`);
  }
  return next();
};
