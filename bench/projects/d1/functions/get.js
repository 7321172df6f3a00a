let count = 0;
export const onRequest = async ({ env }) => {
  const id = (count++ % 1000) + 1;
  return new Response(await env.DB.prepare("SELECT name FROM things WHERE id = ?").bind(id).first("name"));
};
