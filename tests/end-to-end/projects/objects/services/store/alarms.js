import { thrown } from "./index.js";

const soon = () => Date.now() + 60_000;
const wait = async (object, count) => {
  for (let turn = 0; turn < 200 && (object.alarms?.length ?? 0) < count; turn++) await scheduler.wait(20);
};

export const alarms = {
  "none": (storage) => storage.getAlarm(),
  "set": async (storage) => {
    const time = soon();
    return [await storage.setAlarm(time), (await storage.getAlarm()) === time, typeof (await storage.getAlarm())];
  },
  "set-date": async (storage) => {
    const time = soon();
    await storage.setAlarm(new Date(time));
    return (await storage.getAlarm()) === time;
  },
  "replace": async (storage) => {
    await storage.setAlarm(soon());
    await storage.setAlarm(soon() + 5000);
    return (await storage.getAlarm()) > soon() + 4000;
  },
  "delete": async (storage) => {
    await storage.setAlarm(soon());
    return [await storage.deleteAlarm(), await storage.getAlarm(), await storage.deleteAlarm()];
  },
  "zero": (storage) => thrown(() => storage.setAlarm(0)),
  "negative": (storage) => thrown(() => storage.setAlarm(-5)),
  "nan": (storage) => thrown(() => storage.setAlarm(NaN)),
  "infinity": (storage) => thrown(() => storage.setAlarm(Infinity)),
  "text": (storage) => thrown(() => storage.setAlarm("5")),
  "null": (storage) => thrown(() => storage.setAlarm(null)),
  "nothing": (storage) => thrown(() => storage.setAlarm()),
  "object": (storage) => thrown(() => storage.setAlarm({})),
  "invalid-date": (storage) => thrown(() => storage.setAlarm(new Date(NaN))),
  "delete-all": async (storage) => {
    await storage.setAlarm(soon());
    await storage.deleteAll();
    return storage.getAlarm();
  },
  "undone": async (storage) => {
    const error = await thrown(() => storage.transaction(async (txn) => {
      await txn.setAlarm(soon());
      throw new Error("undo");
    }));
    return [error, await storage.getAlarm()];
  },
  "in-transaction": (storage) => storage.transaction(async (txn) => {
    await txn.setAlarm(soon());
    return [typeof (await txn.getAlarm()), await txn.deleteAlarm(), await txn.getAlarm()];
  }),
  "runs": async (storage, object) => {
    const during = [];
    object.alarms = [];
    object.onAlarm = async () => during.push(await storage.getAlarm());
    await storage.setAlarm(Date.now() + 50);
    await wait(object, 1);
    const [info] = object.alarms;
    return [object.alarms.length, info?.retryCount, info?.isRetry, typeof info?.scheduledTime, during, await storage.getAlarm()];
  },
  "past-runs": async (storage, object) => {
    object.alarms = [];
    object.onAlarm = undefined;
    await storage.setAlarm(1);
    await wait(object, 1);
    return [object.alarms.length, await storage.getAlarm()];
  },
  "sets-again": async (storage, object) => {
    object.alarms = [];
    object.onAlarm = async () => {
      if (object.alarms.length < 3) await storage.setAlarm(Date.now() + 20);
    };
    await storage.setAlarm(Date.now() + 20);
    await wait(object, 3);
    return [object.alarms.map(({ retryCount }) => retryCount), await storage.getAlarm()];
  },
};
