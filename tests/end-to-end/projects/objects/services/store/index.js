import { DurableObject } from "cloudflare:workers";
import { keys } from "./keys.js";
import { values } from "./values.js";
import { transactions } from "./transactions.js";
import { sql } from "./sql.js";
import { refused } from "./refused.js";
import { alarms } from "./alarms.js";
import { old } from "./old.js";

const groups = { keys, values, transactions, sql, refused, alarms, old };

// How a result is shown: kinds that JSON does not tell apart are named.
function show(value) {
  return JSON.stringify(value, (key, item) => {
    if (item === undefined) return "(undefined)";
    if (typeof item === "bigint") return `${item}n`;
    if (typeof item === "number" && !Number.isFinite(item)) return `(${item})`;
    if (item instanceof Map) return { map: [...item] };
    if (item instanceof Set) return { set: [...item] };
    if (item instanceof RegExp) return { regExp: String(item) };
    if (item instanceof Error) return { error: `${item}`, own: Object.keys(item) };
    if (item instanceof ArrayBuffer) return { buffer: [...new Uint8Array(item)] };
    if (ArrayBuffer.isView(item)) return { [item.constructor.name]: [...new Uint8Array(item.buffer)] };
    return item;
  });
}

// What a test threw, or that it did not.
export async function thrown(run) {
  try {
    return { result: await run() };
  } catch (error) {
    return `${error}`;
  }
}

async function run(object, request) {
  const [, group, test] = new URL(request.url).pathname.split("/");
  await object.ctx.storage.deleteAlarm();
  await object.ctx.storage.deleteAll();
  try {
    return new Response(show(await groups[group][test](object.ctx.storage, object)) ?? "(undefined)");
  } catch (error) {
    return new Response(`throws ${error}`);
  }
}

export class Store extends DurableObject {
  fetch(request) {
    return run(this, request);
  }
  alarm(info) {
    this.alarms ??= [];
    this.alarms.push(info);
    return this.onAlarm?.(info);
  }
}

export class Old extends DurableObject {
  fetch(request) {
    return run(this, request);
  }
}

export default {
  fetch: () => new Response("store"),
};
