import { notedOf } from "../src/noted.js";

export const onRequest = ({ request }) => Response.json(notedOf(new URL(request.url).searchParams.get("mark")));
