import { onRequest as files } from "assets:../../shared/docs";

export const onRequest = async (context) => {
  const response = await files(context);
  return new Response(`${response.status} ${context.functionPath}: ${(await response.text()).trim()}`, response);
};
