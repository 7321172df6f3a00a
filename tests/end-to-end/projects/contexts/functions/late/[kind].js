// What goes on after the response. `GET ?look` shows, some time later, what the request before it has done by then.
const done = {};
const note = (name) => (value) => {
  done[name] = value ?? "done";
};

const kinds = {
  timer: (note) => void setTimeout(note, 150),
  wait: (note) => void scheduler.wait(150).then(() => note()),
  "wait-until": (note, { waitUntil }) => waitUntil(scheduler.wait(150).then(() => note())),
  "timer-beside-wait-until": (note, { waitUntil }) => {
    setTimeout(note, 100);
    waitUntil(scheduler.wait(200));
  },
  "timer-after-wait-until": (note, { waitUntil }) => {
    setTimeout(note, 250);
    waitUntil(scheduler.wait(50));
  },
  "wait-until-in-wait-until": (note, { waitUntil }) =>
    waitUntil(scheduler.wait(50).then(() => waitUntil(scheduler.wait(100).then(() => note())))),
  "rejected-wait-until": (note, { waitUntil }) => {
    waitUntil(Promise.reject(new Error("own")));
    waitUntil(scheduler.wait(100).then(() => note()));
  },
  fetch: (note, { request }) => void fetch(new URL("/late/slow", request.url)).then((response) => note(`${response.status}`)),
  "fetch-in-wait-until": (note, { request, waitUntil }) =>
    waitUntil(fetch(new URL("/late/slow", request.url)).then((response) => note(`${response.status}`))),
};

export async function onRequest(context) {
  const { kind } = context.params;
  if (kind === "slow") {
    await scheduler.wait(100);
    return new Response("slow");
  }
  if (new URL(context.request.url).search === "?look") {
    await scheduler.wait(500);
    return new Response(done[kind] ?? "not done");
  }
  if (kind === "while-streaming") {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    (async () => {
      for (let i = 0; i < 3; i++) {
        await writer.write(new TextEncoder().encode(`${i}`));
        await scheduler.wait(50);
      }
      await writer.close();
      note(kind)("written to the end");
    })();
    return new Response(readable);
  }
  kinds[kind](note(kind), context);
  return new Response("answered");
}
