export const onRequest = ({ params }: any): Response => new Response(`todo ${params.id}`);
