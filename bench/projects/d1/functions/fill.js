export const onRequest = async ({ env }) => {
  await env.DB.exec("DROP TABLE IF EXISTS things\nCREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)");
  await env.DB.prepare(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO things SELECT i, 'thing ' || i FROM n",
  ).run();
  return new Response("filled");
};
