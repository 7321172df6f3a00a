import staticForms from "@cloudflare/pages-plugin-static-forms";

export const onRequest = staticForms({
  respondWith: ({ formData, name }) => Response.json({ name, fields: [...formData] }),
});
