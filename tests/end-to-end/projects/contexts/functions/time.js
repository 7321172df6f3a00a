import { times } from "../source/global.js";

export const onRequest = () => {
  const recent = (time) => time > 1_600_000_000_000;
  const within = { now: recent(Date.now()), performance: performance.now() > 0, date: recent(new Date().getTime()) };
  return new Response(JSON.stringify({ atModuleScope: times, within }));
};
