import { type Env, problem } from "../../../src/env";
import { BYTES_MAX, TYPES, type ImageMetadata, describe, keyOf, listImages, newId } from "../../../src/images";

const PAGE_MAX = 50;
const NAME_LENGTH_MAX = 100;

/** GET /api/images?limit=12&cursor=…: a page of the images, newest first. */
export const onRequestGet: PagesFunction<Env> = async ({ request, env }) => {
  const { searchParams } = new URL(request.url);
  const limit = Math.min(Math.max(Number(searchParams.get("limit")) || 12, 1), PAGE_MAX);
  return Response.json(await listImages(env, limit, searchParams.get("cursor")));
};

/** POST /api/images?name=…: stores the image that is the body, without ever holding all of it. */
export const onRequestPost: PagesFunction<Env> = async ({ request, env }) => {
  const type = request.headers.get("content-type") ?? "";
  const size = Number(request.headers.get("content-length") ?? NaN);
  if (!TYPES.includes(type)) return problem(415, `only ${TYPES.join(", ")} are taken`);
  if (!(size > 0) || request.body === null) return problem(411, "send the image as the body, with its length");
  if (size > BYTES_MAX) return problem(413, `an image has at most ${BYTES_MAX} bytes`);
  const name = (new URL(request.url).searchParams.get("name") ?? "").slice(0, NAME_LENGTH_MAX) || "untitled";

  const id = newId();
  await env.IMAGES.put(id, request.body, { httpMetadata: { contentType: type } });
  // Only what is in KV is listed, so an image that was not stored to its end is never seen.
  const metadata: ImageMetadata = { name, type, size, uploaded: Date.now() };
  await env.METADATA.put(keyOf(id), "", { metadata });
  return Response.json(await describe(env, id, metadata), { status: 201 });
};
