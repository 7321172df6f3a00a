import { type ChangeEvent, useEffect, useState } from "react";
import { type Image, listImages, remove, signIn, upload, whoAmI } from "./api";

const kilobytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 1024))} KB`;

export function App() {
  const [images, setImages] = useState<Image[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [admin, setAdmin] = useState<string | null>(null);
  const [status, setStatus] = useState("Loading …");

  /** Does something, and tells of it if it fails. */
  const attempt = async (what: string, action: () => Promise<void>) => {
    setStatus(what);
    try {
      await action();
      setStatus("");
    } catch (error) {
      setStatus((error as Error).message);
    }
  };

  const showPage = (after: string | null) =>
    attempt("Loading …", async () => {
      const page = await listImages(after);
      setImages((shown) => (after === null ? page.images : [...shown, ...page.images]));
      setCursor(page.cursor);
    });

  useEffect(() => {
    showPage(null);
    whoAmI().then(setAdmin);
  }, []);

  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = "";
    if (!file) return;
    attempt(`Uploading ${file.name} …`, async () => {
      const image = await upload(file);
      setImages((shown) => [image, ...shown]);
    });
  };

  const countDownload = (id: string) =>
    setImages((shown) => shown.map((image) => (image.id === id ? { ...image, downloads: image.downloads + 1 } : image)));

  const drop = (id: string) =>
    attempt("Removing …", async () => {
      await remove(id);
      setImages((shown) => shown.filter((image) => image.id !== id));
    });

  return (
    <>
      <header>
        <h1>Image share</h1>
        <label className="button">
          Upload an image
          <input type="file" accept="image/*" onChange={choose} />
        </label>
        {admin === null ? (
          <button onClick={() => attempt("Signing in …", async () => void (await signIn(), setAdmin(await whoAmI())))}>
            Sign in as administrator
          </button>
        ) : (
          <span className="admin">{admin}</span>
        )}
      </header>
      <p role="status">{status || (images.length === 0 ? "Nothing here yet." : "")}</p>
      <main>
        {images.map((image) => (
          <figure key={image.id}>
            <img src={image.url} alt={image.name} loading="lazy" />
            <figcaption>
              <strong>{image.name}</strong>
              <span>
                {kilobytes(image.size)}, {image.downloads} {image.downloads === 1 ? "download" : "downloads"}
              </span>
              <a className="button" href={`${image.url}&download`} download={image.name} onClick={() => countDownload(image.id)}>
                Download
              </a>
              {admin !== null && <button onClick={() => drop(image.id)}>Remove</button>}
            </figcaption>
          </figure>
        ))}
      </main>
      {cursor !== null && (
        <button className="more" onClick={() => showPage(cursor)}>
          More
        </button>
      )}
    </>
  );
}
