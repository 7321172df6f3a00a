import { ids, stubs, errors, concurrency, requests, calls, alarms, sockets, gates, undone, interruptions, idle, methods } from "../source/cases.js";

const groups = { ids, stubs, errors, concurrency, requests, calls, alarms, sockets, gates, undone, interruptions, idle, methods };

/** What engines keep in other places. */
const HIDDEN = ["stack", "message", "line", "column", "sourceURL"];

/** What may be seen of an error from outside: its class, text and own members. */
const describe = (error) =>
  typeof error !== "object" || error === null
    ? { thrown: error }
    : {
        text: String(error),
        isError: error instanceof Error,
        own: Object.fromEntries(Object.getOwnPropertyNames(error).sort().filter((name) => !HIDDEN.includes(name) && !(error instanceof DOMException)).map((name) => [name, error[name]])),
      };

const show = async (value) => (value instanceof Response ? [value.status, await value.text()] : value === undefined ? "undefined" : value);

/** `/group/test`: runs it and answers with what it came to, as JSON. */
export const onRequest = async ({ env, request }) => {
  const [, group, test] = new URL(request.url).pathname.split("/");
  try {
    return Response.json(await show(await groups[group][test](env)));
  } catch (error) {
    return Response.json({ error: describe(error) });
  }
};
