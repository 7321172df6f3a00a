import { ActionError, defineAction } from "astro:actions";
import { z } from "astro:schema";

export const server = {
  greet: defineAction({
    accept: "form",
    input: z.object({ name: z.string().min(2) }),
    handler: ({ name }) => `Hello ${name}`,
  }),
  add: defineAction({
    input: z.object({ a: z.number(), b: z.number() }),
    handler: ({ a, b }) => {
      if (b === 0) throw new ActionError({ code: "CONFLICT", message: "nothing to add" });
      return { sum: a + b };
    },
  }),
};
