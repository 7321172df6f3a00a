export const onRequest = ({ env }) =>
  Response.json({
    PLAIN: env.PLAIN,
    OVERRIDDEN: env.OVERRIDDEN,
    SECRET: env.SECRET,
    EMPTY: env.EMPTY,
    JSON: env.JSON,
    NUMBER: env.NUMBER,
    MISSING: typeof env.MISSING,
    CF_PAGES: env.CF_PAGES,
    ASSETS: typeof env.ASSETS.fetch,
  });
