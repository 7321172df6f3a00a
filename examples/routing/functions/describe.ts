// Exports no handler, so this file is no route.

/** A handler that says which file it stands in and what that file was given. */
export function describe(file: string) {
  return ({ request, params, functionPath }: any): Response =>
    Response.json({ file, params, method: request.method, functionPath });
}
