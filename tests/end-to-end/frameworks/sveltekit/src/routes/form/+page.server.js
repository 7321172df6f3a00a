import { fail, redirect } from "@sveltejs/kit";
export const actions = {
  default: async ({ request, cookies }) => {
    const d = await request.formData();
    const user = d.get("user");
    if (!user) return fail(400, { missing: true });
    cookies.set("user", user, { path: "/" });
    redirect(303, "/");
  },
};
