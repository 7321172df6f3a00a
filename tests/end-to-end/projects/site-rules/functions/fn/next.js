// What the rules make of answers that a function takes from the static files.
export const onRequest = ({ next, request }) => {
  const target = new URL(request.url).searchParams.get("to");
  return target === null ? next() : next(target);
};
