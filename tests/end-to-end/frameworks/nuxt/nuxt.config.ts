export default defineNuxtConfig({
  telemetry: false,
  compatibilityDate: "2025-07-15",
  // Instead of a random one, so that two builds are equal.
  buildId: "recorded",
  nitro: { preset: "cloudflare_pages" },
  routeRules: { "/old": { redirect: "/" }, "/static": { prerender: true } },
});
