import { thrown } from "./index.js";

// A class of `new_classes`: values by key only.
export const old = {
  "values": async (storage) => (await storage.put({ b: 1, a: { x: [1] } }), storage.list()),
  "transaction": async (storage) => {
    await storage.put("k", 1);
    const error = await thrown(() => storage.transaction(async (txn) => {
      await txn.put("k", 2);
      throw new RangeError("mine");
    }));
    return [error, await storage.get("k")];
  },
  "no-alarm-handler": (storage) => thrown(() => storage.setAlarm(Date.now() + 60_000)),
};
