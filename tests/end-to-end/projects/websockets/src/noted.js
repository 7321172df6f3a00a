// What sockets' events were, by the mark of the request that had them.
const noted = new Map();

export const note = (mark, ...parts) => {
  if (!noted.has(mark)) noted.set(mark, []);
  noted.get(mark).push(parts.join(" "));
};

export const notedOf = (mark) => noted.get(mark) ?? [];
