import type { DownloadCounter } from "../services/downloads";

export interface Env {
  METADATA: KVNamespace<string>;
  IMAGES: R2Bucket;
  DOWNLOADS: DurableObjectNamespace<DownloadCounter>;
  ACCESS_TEAM_DOMAIN: string;
  ACCESS_AUDIENCE: string;
  DEMO_LOGIN: string;
  /** What links to images are signed with. */
  SIGNING_SECRET: string;
}

/** The counter of an image's downloads. */
export const counterOf = (env: Env, id: string) => env.DOWNLOADS.get(env.DOWNLOADS.idFromName(id));

export const problem = (status: number, message: string) => Response.json({ error: message }, { status });
