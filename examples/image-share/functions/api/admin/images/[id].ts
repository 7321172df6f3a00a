import { type Env, problem } from "../../../../src/env";
import { removeImage } from "../../../../src/images";

/** DELETE /api/admin/images/ID */
export const onRequestDelete: PagesFunction<Env, "id"> = async ({ env, params }) =>
  (await removeImage(env, String(params.id))) ? new Response(null, { status: 204 }) : problem(404, "there is no such image");
