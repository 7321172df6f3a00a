// node:path. The POSIX flavour is the module itself; the Windows flavour, whose roots are a subject of their own, is win32.js.
const flavour = require("internal/path/flavour");
const { checkString, collapse, commonMembers } = flavour;

const isSeparator = (character) => character === "/";

function resolve(...paths) {
  let resolved = "";
  let absolute = false;
  for (let index = paths.length - 1; index >= 0 && !absolute; index -= 1) {
    const path = paths[index];
    checkString(path, `paths[${index}]`);
    if (path === "") continue;
    resolved = `${path}/${resolved}`;
    absolute = path[0] === "/";
  }
  // Relative paths count from the root, as on the original.
  return `/${collapse(resolved.split("/"), true, "/")}`;
}

function normalize(path) {
  checkString(path, "path");
  if (path === "") return ".";
  const absolute = path[0] === "/";
  const trailing = path.endsWith("/");
  let normal = collapse(path.split("/"), absolute, "/");
  if (normal === "") {
    if (absolute) return "/";
    return trailing ? "./" : ".";
  }
  if (trailing) normal += "/";
  return absolute ? `/${normal}` : normal;
}

function join(...paths) {
  const given = [];
  for (const path of paths) {
    checkString(path, "path");
    if (path !== "") given.push(path);
  }
  return given.length === 0 ? "." : normalize(given.join("/"));
}

function relative(from, to) {
  checkString(from, "from");
  checkString(to, "to");
  if (from === to) return "";
  const start = resolve(from);
  const end = resolve(to);
  if (start === end) return "";
  const steps = start.split("/").filter((part) => part !== "");
  const goal = end.split("/").filter((part) => part !== "");
  let shared = 0;
  while (shared < steps.length && shared < goal.length && steps[shared] === goal[shared]) shared += 1;
  return [...steps.slice(shared).fill(".."), ...goal.slice(shared)].join("/");
}

function dirname(path) {
  checkString(path, "path");
  if (path === "") return ".";
  const rooted = path[0] === "/";
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end -= 1;
  const slash = path.lastIndexOf("/", end - 1);
  if (slash <= 0) return rooted ? "/" : ".";
  return rooted && slash === 1 ? "//" : path.slice(0, slash);
}

const posix = {
  resolve,
  normalize,
  isAbsolute(path) {
    checkString(path, "path");
    return path[0] === "/";
  },
  join,
  relative,
  toNamespacedPath: (path) => path,
  dirname,
  ...commonMembers({
    isSeparator,
    separator: "/",
    rootLength: (path) => (path[0] === "/" ? 1 : 0),
  }),
  sep: "/",
  delimiter: ":",
  win32: null,
  posix: null,
};
const win32 = require("internal/path/win32");
posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;
return posix;
