// Mounted at a route rather than in a middleware: its assets have the whole path to themselves.
export { onRequest } from "../graphql/_middleware.js";
