import { consuming, sending } from "../source/cases.js";

const groups = { consuming, sending };

/** `/group/test`: runs it and answers with what it came to, as JSON. */
export const onRequest = async ({ env, request }) => {
  const [, group, test] = new URL(request.url).pathname.split("/");
  try {
    const value = await groups[group][test](env);
    return Response.json(value === undefined ? "undefined" : value);
  } catch (error) {
    return Response.json({ error: `${error?.constructor?.name}: ${error?.message}` });
  }
};
