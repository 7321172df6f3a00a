// The JSON API in functions/api.

export interface Image {
  id: string;
  name: string;
  type: string;
  size: number;
  uploaded: number;
  url: string;
  downloads: number;
}

async function asJson<T>(request: Promise<Response>): Promise<T> {
  const response = await request;
  const body = await response.json();
  if (!response.ok) throw new Error((body as { error: string }).error);
  return body as T;
}

export const listImages = (cursor: string | null) =>
  asJson<{ images: Image[]; cursor: string | null }>(
    fetch(`/api/images?${new URLSearchParams({ limit: "6", ...(cursor && { cursor }) })}`),
  );

export const upload = (file: File) =>
  asJson<Image>(
    fetch(`/api/images?${new URLSearchParams({ name: file.name })}`, {
      method: "POST",
      headers: { "content-type": file.type },
      body: file,
    }),
  );

export const whoAmI = async () => {
  const response = await fetch("/api/admin/me");
  return response.ok ? ((await response.json()) as { email: string }).email : null;
};

export const signIn = () => fetch("/access/login", { method: "POST" });

export const remove = (id: string) => fetch(`/api/admin/images/${id}`, { method: "DELETE" });
