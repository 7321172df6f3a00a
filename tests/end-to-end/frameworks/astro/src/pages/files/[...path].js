export const GET = ({ params, url }) => new Response(`${params.path}|${url.search}`, { headers: { "x-files": "yes" } });
