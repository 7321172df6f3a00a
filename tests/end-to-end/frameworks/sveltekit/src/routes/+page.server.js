export async function load({ platform, locals, setHeaders }) {
  setHeaders({ "cache-control": "no-store" });
  const n = Number((await platform?.env?.COUNTS?.get("n")) ?? 0) + 1;
  await platform?.env?.COUNTS?.put("n", String(n));
  return {
    n,
    user: locals.user,
    variable: platform?.env?.GREETING ?? null,
    slow: new Promise((r) => setTimeout(() => r("later"), 20)),
  };
}
