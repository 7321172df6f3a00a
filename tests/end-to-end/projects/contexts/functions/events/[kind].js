// Errors that nobody catches, as the global object's listeners see them.

let seen = [];
addEventListener("unhandledrejection", (event) => {
  seen.push(`unhandledrejection ${event.reason} ${event.promise instanceof Promise}`);
  event.preventDefault();
});
addEventListener("rejectionhandled", (event) => seen.push(`rejectionhandled ${event.reason}`));
addEventListener("error", (event) => {
  seen.push(`error ${event.message} ${event.error}`);
  event.preventDefault();
});

const kinds = {
  rejection: () => void Promise.reject(new Error("lost")),
  "rejection-handled-soon": () => void Promise.reject(new Error("soon")).catch(() => {}),
  "rejection-handled-in-a-job": async () => {
    const promise = Promise.reject(new Error("job"));
    await null;
    await null;
    promise.catch(() => {});
  },
  "rejection-handled-late": async () => {
    const promise = Promise.reject(new Error("late"));
    await scheduler.wait(10);
    promise.catch(() => {});
  },
  timer: () => void setTimeout(() => { throw new Error("in a timer"); }, 1),
  microtask: () => queueMicrotask(() => { throw new Error("in a microtask"); }),
  report: () => reportError(new Error("reported")),
  "report-text": () => reportError("a text"),
  "wait-until": ({ waitUntil }) => waitUntil(Promise.reject(new Error("waited for"))),
};

export async function onRequest(context) {
  seen = [];
  await kinds[context.params.kind](context);
  await scheduler.wait(30);
  return new Response(seen.join("\n") || "nothing");
}
