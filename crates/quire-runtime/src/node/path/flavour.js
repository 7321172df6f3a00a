// What both flavours of paths share: they differ in separators and roots only.
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");

function checkString(value, name) {
  if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, "string", value);
}

/** Drops empty parts and `.`, and lets `..` take away what is before it. */
function collapse(parts, absolute, separator) {
  const kept = [];
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!absolute) kept.push(part);
  }
  return kept.join(separator);
}

/** Where the extension of a file's name starts; its length if it has none. */
function extensionStart(name) {
  const dot = name.lastIndexOf(".");
  return dot <= 0 || name === ".." ? name.length : dot;
}

function commonMembers({ isSeparator, separator, rootLength, baseStart = () => 0 }) {
  /** The last part of a path, from `start` on, without the separators after it. */
  function lastPart(path, start) {
    let end = path.length;
    while (end > start && isSeparator(path[end - 1])) end -= 1;
    let begin = end;
    while (begin > start && !isSeparator(path[begin - 1])) begin -= 1;
    return { begin, end };
  }

  function basename(path, suffix) {
    if (suffix !== undefined) checkString(suffix, "suffix");
    checkString(path, "path");
    const start = baseStart(path);
    if (suffix !== undefined && suffix.length > 0 && suffix === path) return "";
    const { begin, end } = lastPart(path, start);
    const name = path.slice(begin, end);
    if (name === "" && suffix && suffix.length <= path.length) return path.slice(start);
    // A suffix that is all of the name is the name, unless it also is all of the path.
    return suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) : name;
  }

  function extname(path) {
    checkString(path, "path");
    const { begin, end } = lastPart(path, baseStart(path));
    const name = path.slice(begin, end);
    return name.slice(extensionStart(name));
  }

  function parse(path) {
    checkString(path, "path");
    const root = path.slice(0, rootLength(path));
    const { begin, end } = lastPart(path, root.length);
    const base = path.slice(begin, end);
    const dot = extensionStart(base);
    let dir = root;
    if (begin > root.length) dir = path.slice(0, begin - 1);
    return { root, dir, base, ext: base.slice(dot), name: base.slice(0, dot) };
  }

  function format(parts) {
    if (parts === null || typeof parts !== "object") throw new ERR_INVALID_ARG_TYPE("pathObject", "Object", parts);
    const directory = parts.dir || parts.root;
    const extension = parts.ext ? `${parts.ext[0] === "." ? "" : "."}${parts.ext}` : "";
    const base = parts.base || `${parts.name || ""}${extension}`;
    if (!directory) return base;
    return directory === parts.root ? `${directory}${base}` : `${directory}${separator}${base}`;
  }

  return { basename, extname, format, parse };
}

return { checkString, collapse, commonMembers };
