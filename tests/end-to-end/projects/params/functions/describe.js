export const describe = (file) => ({ request, params, functionPath }) =>
  Response.json({ file, params, method: request.method, functionPath });
