import { defineConfig } from "astro/config";
import cloudflare from "@astrojs/cloudflare";
export default defineConfig({
  output: "server",
  adapter: cloudflare({ imageService: "passthrough" }),
  redirects: { "/old": "/static", "/old/[id]": { status: 302, destination: "/items/[id]" } },
});
