const text = (error) => `${error?.constructor?.name} ${error?.name}: ${error?.message}`;

const limits = {
  shape: async (limit) => {
    const answer = await limit.limit({ key: "shape" });
    return [answer, Object.keys(answer), limit.limit.length, String(limit)];
  },
  counts: async (limit) => {
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push((await limit.limit({ key: "counts" })).success);
    return [answers, await limit.limit({ key: "other" })];
  },
  nothing: (limit) => limit.limit(),
  null: (limit) => limit.limit(null),
  text: (limit) => limit.limit("key"),
  empty: (limit) => limit.limit({}),
  emptyKey: (limit) => limit.limit({ key: "" }),
  number: (limit) => limit.limit({ key: 5 }),
  undefined: (limit) => limit.limit({ key: undefined }),
  nullKey: (limit) => limit.limit({ key: null }),
  object: (limit) => limit.limit({ key: {} }),
  symbol: (limit) => limit.limit({ key: Symbol("x") }),
  long: (limit) => limit.limit({ key: "k".repeat(100_000) }),
  surrogate: (limit) => limit.limit({ key: "\ud800" }),
  unknownOption: (limit) => limit.limit({ key: "a", other: 1 }),
};

export async function onRequest({ env, params: { test = [] } }) {
  const [group, name] = test;
  const room = env.ROOM.getByName(`${group}/${name}`);
  const plain = env.PLAIN.getByName(`${group}/${name}`);
  try {
    switch (group) {
      case "alarms":
      case "sockets":
        return Response.json(await room[group](name));
      case "plain":
        return Response.json(await plain[name]());
      case "limits":
        return Response.json((await limits[name](env.LIMIT)) ?? null);
      default:
        return Response.json([...(await room.names()), "plain/set", "plain/others", "plain/accept", ...Object.keys(limits).map((name) => `limits/${name}`)]);
    }
  } catch (error) {
    return Response.json(text(error));
  }
}
