export const onRequestPost = async ({ request }) => new Response(`${request.method} ${await request.text()}`);
export const onRequestPut = onRequestPost;
export const onRequestPatch = onRequestPost;
export const onRequestDelete = ({ request }) => new Response(`gone: ${request.method}`);
