import { json } from "@sveltejs/kit";
export async function GET({ url, request, platform, getClientAddress, fetch }) {
  const asset = await fetch("/favicon.svg");
  return json({
    path: url.pathname,
    q: Object.fromEntries(url.searchParams),
    agent: request.headers.get("user-agent"),
    keys: Object.keys(platform ?? {}).sort(),
    asset: [asset.status, (await asset.text()).length],
    address: typeof getClientAddress(),
  });
}
export const POST = async ({ request }) => json(await request.json(), { status: 201 });
