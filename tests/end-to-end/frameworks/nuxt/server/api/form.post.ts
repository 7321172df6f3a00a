export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  return Object.fromEntries(form);
});
