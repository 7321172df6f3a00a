import { thrown } from "./index.js";

export const transactions = {
  "result": (storage) => storage.transaction(async (txn) => (await txn.put("k", 1), [await txn.get("k"), await storage.get("k")])),
  "throws": async (storage) => {
    await storage.put("k", 1);
    const error = await thrown(() => storage.transaction(async (txn) => {
      await txn.put("k", 2);
      await storage.put("other", 1);
      throw new RangeError("mine");
    }));
    return [error, await storage.list()];
  },
  "rollback": async (storage) => {
    await storage.put("k", 1);
    const result = await storage.transaction(async (txn) => {
      await txn.put("k", 2);
      txn.rollback();
      return [await thrown(() => txn.get("k")), await thrown(() => txn.put("k", 1)), await thrown(() => txn.rollback())];
    });
    return [result, await storage.get("k")];
  },
  "after-commit": async (storage) => {
    let kept;
    await storage.transaction(async (txn) => {
      kept = txn;
    });
    return [await thrown(() => kept.get("k")), await thrown(() => kept.put("k", 1)), await thrown(() => kept.rollback())];
  },
  "delete-all": (storage) => storage.transaction(async (txn) => [await thrown(() => txn.deleteAll()), await thrown(() => storage.deleteAll())]),
  "nested": async (storage) => {
    await storage.transaction(async (outer) => {
      await outer.put("k", 1);
      await storage.transaction(async (inner) => {
        await inner.put("k", 2);
        inner.rollback();
      });
      await outer.put("after", await outer.get("k"));
    });
    return storage.list();
  },
  "no-function": (storage) => thrown(() => storage.transaction(5)),
  "not-async": (storage) => thrown(() => storage.transaction((txn) => 5)),
  "sync": (storage) => [storage.transactionSync(() => (storage.kv.put("k", 1), "result")), storage.kv.get("k")],
  "sync-throws": async (storage) => {
    storage.kv.put("k", 1);
    const error = await thrown(() => storage.transactionSync(() => {
      storage.kv.put("k", 2);
      throw new TypeError("mine");
    }));
    return [error, storage.kv.get("k")];
  },
  "sync-nested": async (storage) => {
    storage.transactionSync(() => {
      storage.kv.put("k", 1);
      try {
        storage.transactionSync(() => {
          storage.kv.put("k", 2);
          throw new Error("inner");
        });
      } catch {}
    });
    return storage.kv.get("k");
  },
  "sync-promise": async (storage) => {
    const promise = storage.transactionSync(async () => {
      storage.kv.put("k", 1);
      await null;
      throw new Error("late");
    });
    return [await thrown(() => promise), storage.kv.get("k")];
  },
  "shape": (storage) => storage.transaction(async (txn) => {
    const names = [];
    for (const name in txn) names.push(name);
    return [String(txn), names.sort()];
  }),
};
