import { problem } from "../../src/env";

/** What goes wrong is told as JSON; the details are for the log. */
export const onRequest: PagesFunction = async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    console.error(error);
    return problem(500, "something went wrong");
  }
};
