export default defineNuxtConfig({
  telemetry: false,
  compatibilityDate: "2025-07-15",
  // Instead of a random one, so that two builds are equal.
  buildId: "recorded",
  nitro: { preset: "cloudflare_pages" },
  routeRules: {
    "/old": { redirect: "/" },
    "/old/**": { redirect: { to: "/items/**", statusCode: 301 } },
    "/static": { prerender: true },
    "/api/open/**": { cors: true, headers: { "x-rule": "open" } },
    "/client": { ssr: false },
    "/api/forwarded": { proxy: "/api/items/9" },
  },
});
