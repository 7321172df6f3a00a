import adapter from "@sveltejs/adapter-cloudflare";
// A name for the version instead of the time, so that two builds are equal.
export default { kit: { adapter: adapter(), version: { name: "recorded" } } };
