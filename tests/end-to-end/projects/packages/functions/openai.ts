import OpenAI, { toFile } from "openai";

/** The client against a service of this same project. */
export const onRequest: PagesFunction = async ({ request }) => {
  const baseURL = new URL("/fake/v1", request.url).href;
  const client = new OpenAI({ apiKey: "sk-test", baseURL });
  const messages = [{ role: "user" as const, content: "good morning" }];
  const whole = await client.chat.completions.create({ model: "fake", messages });
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ model: "fake", messages, stream: true })) streamed += chunk.choices[0].delta.content;
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  const file = await client.files.create({ file: await toFile(new TextEncoder().encode("a,b\n1,2\n"), "table.csv"), purpose: "batch" });
  const refused = await new OpenAI({ apiKey: "wrong", baseURL, maxRetries: 0 }).chat.completions.create({ model: "fake", messages }).catch((error) => [error.constructor.name, error.status, error.message]);
  return Response.json({ whole: whole.choices[0].message.content, streamed, models, file: [file.filename, file.bytes, file.purpose], refused });
};
