// Windows paths: drive letters, network shares, device namespaces.
const { checkString, collapse, commonMembers } = require("internal/path/flavour");

const isSeparator = (character) => character === "/" || character === "\\";
const isDrive = (path) => /^[A-Za-z]:/.test(path);
const split = (path) => path.split(/[\\/]/);

/**
 * The root of a path: its `device` (a drive, or `\\server\share`), how many characters it takes, and whether what follows is
 * absolute. `shareLength` is the length without the separator that ends a share.
 */
function rootOf(path) {
  if (isDrive(path)) {
    const absolute = isSeparator(path[2]);
    return { device: path.slice(0, 2), length: absolute ? 3 : 2, absolute, unc: false };
  }
  if (!isSeparator(path[0])) return { device: "", length: 0, absolute: false, unc: false };
  const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
  if (share === null) return { device: "", length: 1, absolute: true, unc: false };
  return { server: share[1], share: share[2], device: `\\\\${share[1]}\\${share[2]}`, length: share[0].length, absolute: true, unc: true };
}

function resolve(...paths) {
  let device = "";
  let tail = "";
  let absolute = false;
  for (let index = paths.length - 1; index >= -1; index -= 1) {
    let path;
    if (index >= 0) {
      path = paths[index];
      checkString(path, `paths[${index}]`);
      if (path === "") continue;
    } else {
      // The current directory is the root, on every drive.
      path = `${device}\\`;
    }
    const root = deviceRootOf(path);
    if (root.device !== "") {
      if (device === "") device = root.device;
      else if (root.device.toLowerCase() !== device.toLowerCase()) continue;
    }
    if (absolute) {
      if (device !== "") break;
    } else {
      tail = `${path.slice(root.length)}\\${tail}`;
      absolute = root.absolute;
      if (absolute && device !== "") break;
    }
  }
  tail = collapse(split(tail), absolute, "\\");
  return `${device}${absolute ? "\\" : ""}${tail}` || ".";
}

/** As `rootOf`, with `\\.\` and `\\?\` as devices of their own rather than as servers. */
function deviceRootOf(path) {
  const root = rootOf(path);
  if (root.unc && (root.server === "." || root.server === "?")) {
    return { device: `\\\\${root.server}`, length: 4, absolute: true, unc: false, namespace: true };
  }
  return root;
}

function normalize(path) {
  checkString(path, "path");
  if (path === "") return ".";
  if (path.length === 1) return path === "/" ? "\\" : path;
  const root = deviceRootOf(path);
  if (root.unc && root.length === path.length) return `${root.device}\\`;
  let tail = collapse(split(path.slice(root.length)), root.absolute, "\\");
  if (tail === "" && !root.absolute) tail = ".";
  if (tail !== "" && isSeparator(path.at(-1))) tail += "\\";
  if (!root.absolute && root.device === "" && path.includes(":")) {
    // What was no drive must not become one: `./c:/x` is a file below `.`.
    if (isDrive(tail)) return `.\\${tail}`;
    for (let colon = path.indexOf(":"); colon !== -1; colon = path.indexOf(":", colon + 1)) {
      if (colon === path.length - 1 || isSeparator(path[colon + 1])) return `.\\${tail}`;
    }
  }
  return `${root.device}${root.absolute ? "\\" : ""}${tail}`;
}

function isAbsolute(path) {
  checkString(path, "path");
  return isSeparator(path[0]) || (isDrive(path) && isSeparator(path[2]));
}

function join(...paths) {
  const given = [];
  for (const path of paths) {
    checkString(path, "path");
    if (path !== "") given.push(path);
  }
  if (given.length === 0) return ".";
  let joined = given.join("\\");
  // Only a first argument that is a share by itself starts a share; otherwise leading separators are one.
  const first = given[0];
  const leading = /^[\\/]*/.exec(joined)[0].length;
  const isShare = isSeparator(first[0]) && isSeparator(first[1]) && first.length > 2 && !isSeparator(first[2]);
  if (!isShare && leading >= 2) joined = `\\${joined.slice(leading)}`;
  return normalize(joined);
}

function relative(from, to) {
  checkString(from, "from");
  checkString(to, "to");
  if (from === to) return "";
  const fromPath = resolve(from);
  const toPath = resolve(to);
  if (fromPath === toPath) return "";
  if (fromPath.toLowerCase() === toPath.toLowerCase()) return "";
  const parts = (path) => split(path).filter((part) => part !== "");
  const steps = parts(fromPath);
  const goal = parts(toPath);
  let shared = 0;
  while (shared < steps.length && shared < goal.length && steps[shared].toLowerCase() === goal[shared].toLowerCase()) shared += 1;
  if (shared === 0 && steps.length > 0 && goal.length > 0) return toPath;
  return [...steps.slice(shared).fill(".."), ...goal.slice(shared)].join("\\");
}

function toNamespacedPath(path) {
  if (typeof path !== "string" || path === "") return path;
  const resolved = resolve(path);
  if (resolved.length <= 2) return path;
  if (resolved.startsWith("\\\\")) {
    if (resolved[2] !== "?" && resolved[2] !== ".") return `\\\\?\\UNC\\${resolved.slice(2)}`;
  } else if (/^[A-Za-z]:\\/.test(resolved)) {
    return `\\\\?\\${resolved}`;
  }
  return resolved;
}

/** The root as `dirname` and `parse` see it: with the separator that ends it. */
function rootLength(path) {
  const root = rootOf(path);
  if (root.unc) return Math.min(path.length, root.length + 1);
  return root.length;
}

function dirname(path) {
  checkString(path, "path");
  if (path === "") return ".";
  if (path.length === 1) return isSeparator(path) ? path : ".";
  const root = rootOf(path);
  if (root.unc && root.length === path.length) return path;
  const start = rootLength(path);
  let end = path.length;
  while (end > start && isSeparator(path[end - 1])) end -= 1;
  while (end > start && !isSeparator(path[end - 1])) end -= 1;
  if (end > start) return path.slice(0, end - 1);
  return start === 0 ? "." : path.slice(0, start);
}

return {
  resolve,
  normalize,
  isAbsolute,
  join,
  relative,
  toNamespacedPath,
  dirname,
  ...commonMembers({ isSeparator, separator: "\\", rootLength, baseStart: (path) => (isDrive(path) ? 2 : 0) }),
  sep: "\\",
  delimiter: ";",
  win32: null,
  posix: null,
};
