export const onRequest = ({ env, params, request }) => env.COUNTER.get(env.COUNTER.idFromName(params.name)).fetch(request);
