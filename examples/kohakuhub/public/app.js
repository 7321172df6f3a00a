const form = document.querySelector("#repository");
const commands = document.querySelector("#commands");
const download = document.querySelector("#download");
const copy = document.querySelector("#copy");
const backend = document.querySelector("#backend");

function show() {
  const { namespace, name, file } = Object.fromEntries(new FormData(form));
  const path = file.split("/").map(encodeURIComponent).join("/");
  const repository = `${location.origin}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}.git`;
  download.href = `/models/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}/resolve/main/${path}`;
  commands.textContent = [
    `git clone ${repository}`,
    `cd ${name}`,
    "git lfs track '*.bin'",
    `curl -LO ${location.origin}${download.getAttribute("href")}`,
  ].join("\n");
}

async function askBackend() {
  const started = performance.now();
  try {
    const response = await fetch("/api/version", { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    await response.json();
    backend.textContent = `backend answers in ${Math.round(performance.now() - started)} ms`;
    backend.dataset.state = "up";
  } catch (error) {
    backend.textContent = `backend is not there (${error.message})`;
    backend.dataset.state = "down";
  }
}

form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(commands.textContent);
  copy.textContent = "Copied";
  setTimeout(() => (copy.textContent = "Copy"), 1500);
});
show();
askBackend();
