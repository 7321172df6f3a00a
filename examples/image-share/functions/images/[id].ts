import { counterOf, type Env, problem } from "../../src/env";
import { isValidLink } from "../../src/links";

/** GET /images/ID?expires=…&signature=…: an image, to whoever has a valid link. `download` saves and counts it. */
export const onRequestGet: PagesFunction<Env, "id"> = async ({ request, env, params }) => {
  const id = String(params.id);
  const { searchParams } = new URL(request.url);
  if (!(await isValidLink(env, id, searchParams))) return problem(403, "the link is not valid, or not any more");

  const image = await env.IMAGES.get(id, { onlyIf: request.headers, range: request.headers });
  if (image === null) return problem(404, "there is no such image");
  const headers = new Headers({
    etag: image.httpEtag,
    "cache-control": "private, max-age=3600",
    "accept-ranges": "bytes",
    // Images come from strangers.
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
  });
  image.writeHttpMetadata(headers);
  if (!("body" in image)) return new Response(null, { status: 304, headers });

  if (searchParams.has("download")) {
    headers.set("content-disposition", "attachment");
    await counterOf(env, id).increment();
  }
  const range = image.range as { offset: number; length: number };
  if (!request.headers.has("range") || range.length === image.size) return new Response(image.body, { headers });
  headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${image.size}`);
  return new Response(image.body, { status: 206, headers });
};
