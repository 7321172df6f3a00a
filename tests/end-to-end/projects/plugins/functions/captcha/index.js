export const onRequestPost = async ({ request, data }) => Response.json({ data, form: [...(await request.formData())] });
