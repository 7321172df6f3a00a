const never = new Promise(() => {});

const kinds = {
  never: () => never,
  "never-nested": async () => {
    await Promise.race([never, new Promise(() => {})]);
  },
  "timer-first": async () => {
    setTimeout(() => {}, 50);
    await never;
  },
  "wait-until": async ({ waitUntil }) => {
    waitUntil(scheduler.wait(50));
    await never;
  },
  "unread-fetch": async ({ request }) => {
    await fetch(new URL("/large", request.url));
    await never;
  },
  "cleared-timer": async () => {
    clearTimeout(setTimeout(() => {}, 10_000));
    await never;
  },
  "locked-stream": () => new Response("abc").body.getReader().closed.then(() => never),
  "identity-read": () => new IdentityTransformStream().readable.getReader().read(),
  "lost-race": async () => {
    await Promise.race([scheduler.wait(20), never]);
    return new Response("the timer won");
  },
  "resolved-late": async () => {
    const { promise, resolve } = Promise.withResolvers();
    setTimeout(resolve, 20, "resolved by a timer");
    return new Response(await promise);
  },
};

export const onRequest = (context) => kinds[context.params.kind](context);
