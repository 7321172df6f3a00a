const readers = {
  text: (request) => request.text(),
  json: (request) => request.json(),
  arrayBuffer: async (request) => [...new Uint8Array(await request.arrayBuffer())],
  bytes: async (request) => [...(await request.bytes())],
  formData: async (request) => {
    const entries = [];
    for (const [name, value] of await request.formData()) {
      entries.push([name, typeof value === "string" ? value : { name: value.name, type: value.type, text: await value.text() }]);
    }
    return entries;
  },
  stream: async (request) => {
    let length = 0;
    for await (const piece of request.body) length += piece.byteLength;
    return length;
  },
  twice: async (request) => {
    await request.text();
    try {
      await request.text();
      return "read twice";
    } catch (error) {
      return error.constructor.name;
    }
  },
  clone: async (request) => {
    const copy = request.clone();
    return [await request.text(), await copy.text()];
  },
};
export const onRequest = async ({ request }) => {
  const reader = readers[new URL(request.url).searchParams.get("as")];
  try {
    return Response.json(await reader(request));
  } catch (error) {
    return Response.json({ error: error.constructor.name }, { status: 400 });
  }
};
