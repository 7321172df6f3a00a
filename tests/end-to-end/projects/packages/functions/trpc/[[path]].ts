import { TRPCError, initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { z } from "zod";

const t = initTRPC.context<{ user: string | null }>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user: ctx.user } });
});
const router = t.router({
  greet: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hello ${input.name}`),
  add: t.procedure.input(z.array(z.number())).mutation(({ input }) => input.reduce((sum, value) => sum + value, 0)),
  me: signedIn.query(({ ctx }) => ({ user: ctx.user })),
  list: t.router({ page: t.procedure.input(z.number().int()).query(({ input }) => Array.from({ length: 3 }, (_, index) => input * 3 + index)) }),
  count: t.procedure.subscription(async function* () {
    for (let value = 1; value <= 3; value++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield value;
    }
  }),
});

export const onRequest: PagesFunction = ({ request }) => fetchRequestHandler({
  endpoint: "/trpc",
  req: request,
  router,
  createContext: ({ req }) => ({ user: req.headers.get("x-user") }),
});
