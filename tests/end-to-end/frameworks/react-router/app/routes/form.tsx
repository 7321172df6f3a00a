import { type ActionFunctionArgs, Form, redirect, useActionData } from "react-router";

export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  if (!form.get("user")) return { missing: true };
  return redirect("/", { headers: { "Set-Cookie": `user=${form.get("user")}; Path=/` } });
}

export default function Page() {
  const answer = useActionData<typeof action>();
  return (
    <Form method="post">
      <input name="user" />
      <button>send</button>
      {answer && "missing" in answer ? <p id="missing">missing</p> : null}
    </Form>
  );
}
