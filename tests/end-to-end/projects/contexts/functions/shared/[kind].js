// Promises that two requests share. `drive` sends two requests to this project and shows both answers.
import { attempt, show } from "../../source/outcome.js";

const state = {};

const kinds = {
  // One request fetches, the other waits for the same promise.
  async "flight-first"({ request }) {
    state.flight = fetch(new URL("/shared/slow", request.url)).then((response) => response.text());
    return new Response(await state.flight);
  },
  async "flight-second"() {
    await scheduler.wait(100);
    return new Response(await state.flight);
  },
  async slow() {
    await scheduler.wait(400);
    return new Response("slow");
  },
  // One request waits for a promise that nothing but the other one resolves.
  async "waiter-first"() {
    const { promise, resolve } = Promise.withResolvers();
    state.wake = resolve;
    return new Response(`woken with ${await promise}`);
  },
  async "waiter-second"() {
    await scheduler.wait(100);
    state.wake("a value");
    return new Response("woke it");
  },
  // The same while the waiter has a timer of its own.
  async "busy-first"() {
    const { promise, resolve } = Promise.withResolvers();
    state.wakeBusy = resolve;
    const timer = setTimeout(() => {}, 2000);
    const value = await promise;
    clearTimeout(timer);
    await scheduler.wait(10);
    return new Response(`woken with ${value}, and waited on`);
  },
  async "busy-second"() {
    await scheduler.wait(100);
    state.wakeBusy("a value");
    return new Response("woke it");
  },
  // After waking, the waiter does I/O of its own.
  async "fetching-first"({ request }) {
    const { promise, resolve } = Promise.withResolvers();
    state.wakeFetching = resolve;
    const timer = setTimeout(() => {}, 2000);
    await promise;
    clearTimeout(timer);
    return new Response((await (await fetch(new URL("/large", request.url))).text()).length);
  },
  async "fetching-second"() {
    await scheduler.wait(100);
    state.wakeFetching();
    return new Response("woke it");
  },
  // A request is over; the next one waits for its fetch.
  async "ended-first"({ request }) {
    state.ended = fetch(new URL("/shared/slow", request.url));
    return new Response("over");
  },
  async "ended-second"() {
    await scheduler.wait(100);
    try {
      return new Response(`status ${(await state.ended).status}`);
    } catch (error) {
      return new Response(show(error));
    }
  },
  // A value that another request's fetch gave, read later.
  async "body-first"({ request }) {
    state.fetched = fetch(new URL("/shared/slow", request.url));
    return new Response(`${(await state.fetched).status}`);
  },
  async "body-second"() {
    await scheduler.wait(100);
    const response = await state.fetched;
    return new Response(`${response.status} ${await attempt(() => response.text())}`);
  },
};

export async function onRequest(context) {
  const { kind } = context.params;
  if (kinds[kind]) return kinds[kind](context);
  const ask = async (name) => {
    const response = await fetch(new URL(`/shared/${name}`, context.request.url));
    const text = await response.text();
    return response.ok ? text : `${response.status}`;
  };
  const [first, second] = await Promise.all([ask(`${kind}-first`), ask(`${kind}-second`)]);
  return new Response(JSON.stringify({ first, second }));
}
