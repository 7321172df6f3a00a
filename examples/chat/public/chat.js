// The page: one socket to the room, reopened when it is lost.

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const room = query.get("room") ?? "lobby";
const name = query.get("as") ?? rememberedName();

$("room").textContent = room;
document.title = `#${room}`;

let socket;
let own = null;
let retry = RETRY_MS_MIN;
/** Who said the last message on the page, and its element. */
let last = { id: null, element: null };

function rememberedName() {
  const names = ["Ada", "Alan", "Barbara", "Claude", "Donald", "Edsger", "Grace", "Hedy", "John", "Katherine", "Leslie", "Radia"];
  const stored = sessionStorage.getItem("name") ?? names[Math.floor(Math.random() * names.length)];
  sessionStorage.setItem("name", stored);
  return stored;
}

function connect() {
  const url = new URL(`/rooms/${encodeURIComponent(room)}?as=${encodeURIComponent(name)}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  socket.addEventListener("message", ({ data }) => receive(JSON.parse(data)));
  socket.addEventListener("close", () => {
    show("connecting");
    setTimeout(connect, retry);
    retry = Math.min(retry * 2, RETRY_MS_MAX);
  });
}

function receive(event) {
  if (event.type === "welcome") {
    own = event.you;
    retry = RETRY_MS_MIN;
    // The room sends its history again.
    $("messages").replaceChildren();
    last = { id: null, element: null };
    show("online");
    return;
  }
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  if (event.type === "said") list.append(message(event));
  else list.append(note(`${event.who.name} ${event.type === "joined" ? "joined" : "left"}`));
  $("people").replaceChildren(...event.people.slice(0, 8).map((person) => face(person, "li")));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function show(state) {
  $("state").dataset.state = state;
  $("state").textContent = state;
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function face({ name, id }, tag) {
  const element = make(tag, "face", name.slice(0, 1).toUpperCase());
  element.style.setProperty("--hue", parseInt(id.slice(0, 4), 16) % 360);
  element.title = name;
  return element;
}

function message({ who, text, at }) {
  const element = make("li", "said last");
  const time = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const words = make("span", "text", text);
  words.title = time;
  element.append(make("span", "who", `${who.name} · ${time}`), face(who, "span"), words);
  if (who.id === own) element.classList.add("own");
  if (last.id === who.id) last.element.classList.remove("last");
  else element.classList.add("first");
  last = { id: who.id, element };
  return element;
}

function note(text) {
  last = { id: null, element: null };
  return make("li", "note", text);
}

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text === "" || socket.readyState !== WebSocket.OPEN) return;
  socket.send(text);
  $("text").value = "";
});

connect();
