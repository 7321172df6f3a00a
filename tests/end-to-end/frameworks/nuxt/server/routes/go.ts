export default defineEventHandler((event) => {
  setCookie(event, "a", "b");
  return sendRedirect(event, "/", 302);
});
