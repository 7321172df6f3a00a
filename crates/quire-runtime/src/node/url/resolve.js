// A reference against a base, by the rules of the legacy parser.
const { Url, isSlashed, isScript } = require("internal/url/legacy");

function setPath(url) {
  if (url.pathname !== null || url.search !== null) url.path = `${url.pathname || ""}${url.search || ""}`;
}

/** The reference brings a scheme of its own, other than the base's. */
function resolveOtherScheme(result, relative) {
  if (!isSlashed(relative.protocol)) {
    Object.assign(result, relative);
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (!relative.host && !/^file:?$/.test(relative.protocol) && !isScript(relative.protocol)) {
    // `http:/host/path`: the first part of the path is taken for the host.
    const parts = (relative.pathname || "").split("/");
    while (parts.length > 0 && !(relative.host = parts.shift()));
    relative.host ||= "";
    relative.hostname ||= "";
    if (parts[0] !== "") parts.unshift("");
    if (parts.length < 2) parts.unshift("");
    result.pathname = parts.join("/");
  } else {
    result.pathname = relative.pathname;
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || "";
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = `${result.pathname || ""}${result.search || ""}`;
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

/** Takes `user@host` off a host that was a part of a path until now. */
function splitUser(result) {
  const at = result.host?.indexOf("@") > 0 ? result.host.split("@") : undefined;
  if (at === undefined) return;
  result.auth = at.shift();
  result.host = result.hostname = at.shift();
}

/** Removes `.` and `..`; gives whether more `..` remained than there were parts. */
function removeDots(parts) {
  let up = 0;
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    if (parts[index] === ".") {
      parts.splice(index, 1);
    } else if (parts[index] === "..") {
      parts.splice(index, 1);
      up += 1;
    } else if (up > 0) {
      parts.splice(index, 1);
      up -= 1;
    }
  }
  return up;
}

function resolveObject(base, relative) {
  const result = Object.assign(new Url(), base);
  // The reference's fragment counts even when it has none.
  result.hash = relative.hash;
  if (relative.href === "") {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) {
    for (const name of Object.keys(relative)) if (name !== "protocol") result[name] = relative[name];
    if (isSlashed(result.protocol) && result.hostname && !result.pathname) result.path = result.pathname = "/";
    result.href = result.format();
    return result;
  }
  if (relative.protocol && relative.protocol !== result.protocol) return resolveOtherScheme(result, relative);

  const baseIsAbsolute = Boolean(result.pathname && result.pathname[0] === "/");
  const isAbsolute = Boolean(relative.host || (relative.pathname && relative.pathname[0] === "/"));
  let mustEndAbsolute = isAbsolute || baseIsAbsolute || Boolean(result.host && relative.pathname);
  const removeAllDots = mustEndAbsolute;
  let source = result.pathname?.split("/") || [];
  const path = relative.pathname?.split("/") || [];
  const noLeadingSlashes = result.protocol && !isSlashed(result.protocol);

  // Where schemes have no `//`, the host is the first part of the path.
  if (noLeadingSlashes) {
    result.hostname = "";
    result.port = null;
    if (result.host) {
      if (source[0] === "") source[0] = result.host;
      else source.unshift(result.host);
    }
    result.host = "";
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      if (relative.host) {
        if (path[0] === "") path[0] = relative.host;
        else path.unshift(relative.host);
      }
      relative.host = null;
    }
    mustEndAbsolute &&= path[0] === "" || source[0] === "";
  }

  if (isAbsolute) {
    if (relative.host || relative.host === "") {
      if (result.host !== relative.host) result.auth = null;
      result.host = relative.host;
      result.port = relative.port;
    }
    if (relative.hostname || relative.hostname === "") {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    result.search = relative.search;
    result.query = relative.query;
    source = path;
  } else if (path.length > 0) {
    source.pop();
    source = source.concat(path);
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    if (noLeadingSlashes) {
      result.hostname = result.host = source.shift();
      splitUser(result);
    }
    result.search = relative.search;
    result.query = relative.query;
    setPath(result);
    result.href = result.format();
    return result;
  }

  if (source.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    result.href = result.format();
    return result;
  }

  const last = source.at(-1);
  const trailingSlash =
    ((result.host || relative.host || source.length > 1) && (last === "." || last === "..")) || last === "";
  let up = removeDots(source);
  if (!mustEndAbsolute && !removeAllDots) for (; up > 0; up -= 1) source.unshift("..");
  if (mustEndAbsolute && source[0] !== "" && source[0]?.[0] !== "/") source.unshift("");
  if (trailingSlash && !source.join("/").endsWith("/")) source.push("");
  const isRooted = source[0] === "" || source[0]?.[0] === "/";

  if (noLeadingSlashes) {
    result.hostname = result.host = isRooted ? "" : source.length > 0 ? source.shift() : "";
    splitUser(result);
  }
  mustEndAbsolute ||= Boolean(result.host && source.length > 0);
  if (mustEndAbsolute && !isRooted) source.unshift("");
  if (source.length > 0) {
    result.pathname = source.join("/");
  } else {
    result.pathname = null;
    result.path = null;
  }
  setPath(result);
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  result.href = result.format();
  return result;
}

return { resolveObject };
