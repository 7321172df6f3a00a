export const GET = async ({ url, locals, clientAddress }) =>
  Response.json({
    path: url.pathname,
    runtime: Object.keys(locals.runtime).sort(),
    address: typeof clientAddress,
  });
export const POST = async ({ request }) =>
  Response.json(Object.fromEntries(await request.formData()), { status: 201 });
