import { z } from "zod";

const address = z.object({ street: z.string(), zip: z.string().regex(/^\d{5}$/) });
const person = z.object({
  name: z.string().trim().min(1),
  email: z.email(),
  born: z.coerce.date(),
  role: z.enum(["admin", "user"]).default("user"),
  addresses: z.array(address).max(2).optional(),
  contact: z.discriminatedUnion("by", [z.object({ by: z.literal("phone"), number: z.string() }), z.object({ by: z.literal("post") })]),
  extra: z.record(z.string(), z.union([z.number(), z.boolean()])).optional(),
}).refine((value) => value.name !== "root", { message: "not that one", path: ["name"] });

export const onRequestPost: PagesFunction = async ({ request }) => {
  const result = person.safeParse(await request.json());
  return result.success ? Response.json(result.data) : Response.json({ issues: result.error.issues, tree: z.treeifyError(result.error) }, { status: 422 });
};

export const onRequestGet: PagesFunction = () => Response.json(z.toJSONSchema(z.object({ a: z.string(), b: z.number().int().optional() })));
