import { extraLogging } from "./middlewares.ts";

export const onRequest = [
  extraLogging,
  async ({ data }) => {
    return new Response(`logged: ${data.logged}`);
  },
];
