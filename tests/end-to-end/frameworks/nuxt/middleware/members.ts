export default defineNuxtRouteMiddleware((to) => {
  if (to.query.as !== "member") return navigateTo("/items/1", { redirectCode: 303 });
});
