// Runs before every Function: answers CORS preflights itself and turns a failing backend into a readable error.

import { addCors, isGitRequest, preflight } from "./_utils.js";

async function answerPreflight({ request, next }) {
  const isPreflight = request.method === "OPTIONS" && !isGitRequest(new URL(request.url).pathname);
  return isPreflight ? preflight(request) : next();
}

async function reportBackendFailure({ request, next }) {
  try {
    return await next();
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error}`);
    const { pathname } = new URL(request.url);
    const headers = new Headers({ "Cache-Control": "no-store" });
    if (isGitRequest(pathname)) {
      headers.set("Content-Type", "text/plain; charset=utf-8");
      return new Response("the hub's backend cannot be reached\n", { status: 502, headers });
    }
    addCors(headers);
    headers.set("Content-Type", "application/json");
    return new Response(JSON.stringify({ error: "the hub's backend cannot be reached" }), { status: 502, headers });
  }
}

export const onRequest = [answerPreflight, reportBackendFailure];
