import { counterOf, type Env } from "./env";
import { signedLink } from "./links";

/** What KV keeps of an image, as the metadata of its key: a list needs no further reads. */
export interface ImageMetadata {
  name: string;
  type: string;
  size: number;
  uploaded: number;
}

export interface Image extends ImageMetadata {
  id: string;
  /** Where it can be had for a while. */
  url: string;
  downloads: number;
}

export const TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
export const BYTES_MAX = 10 * 1024 * 1024;

const PREFIX = "image:";

/** Keys are listed in their order; newer images come first. */
export function newId(): string {
  const countdown = (8.64e15 - Date.now()).toString(36).padStart(11, "0");
  const random = crypto.getRandomValues(new Uint8Array(6));
  return `${countdown}-${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export const keyOf = (id: string) => `${PREFIX}${id}`;

export async function describe(env: Env, id: string, metadata: ImageMetadata): Promise<Image> {
  const [url, downloads] = await Promise.all([signedLink(env, id), counterOf(env, id).count()]);
  return { id, ...metadata, url, downloads };
}

/** A page of the images, and where the next one begins. */
export async function listImages(env: Env, limit: number, cursor: string | null) {
  const page = await env.METADATA.list<ImageMetadata>({ prefix: PREFIX, limit, cursor });
  const images = page.keys.flatMap(({ name, metadata }) =>
    metadata ? [describe(env, name.slice(PREFIX.length), metadata)] : [],
  );
  return { images: await Promise.all(images), cursor: page.list_complete ? null : page.cursor };
}

export async function removeImage(env: Env, id: string): Promise<boolean> {
  const key = keyOf(id);
  if ((await env.METADATA.get(key)) === null) return false;
  await env.METADATA.delete(key);
  await Promise.all([env.IMAGES.delete(id), counterOf(env, id).forget()]);
  return true;
}
