const values = { string: "text", number: 1, null: null, undefined: undefined, function: () => {}, boolean: true };
export const onRequest = (context) => {
  try {
    context.data = values[context.params.kind];
    return new Response("accepted");
  } catch (error) {
    return Response.json({ error: error instanceof Error, data: context.data });
  }
};
