// The Content-Type of a body: essence and parameters (MIME Sniffing Standard §4.4, as far as forms need it).
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const lowerCase = uncurry(String.prototype.toLowerCase);
const trim = uncurry(String.prototype.trim);
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);

// { essence, parameters: a Map, names in lower case, the first of several counts }
function parseMediaType(value) {
  let at = indexOf(value, ";");
  if (at < 0) at = value.length;
  const essence = lowerCase(trim(slice(value, 0, at)));
  const parameters = new Map();
  while (at < value.length) {
    at++;
    let end = at;
    while (end < value.length && value[end] !== "=" && value[end] !== ";") end++;
    const name = lowerCase(trim(slice(value, at, end)));
    at = end;
    if (value[at] !== "=") continue;
    at++;
    while (value[at] === " " || value[at] === "\t") at++;
    let parameter = "";
    if (value[at] === '"') {
      at++;
      while (at < value.length && value[at] !== '"') {
        if (value[at] === "\\" && at + 1 < value.length) at++;
        parameter += value[at];
        at++;
      }
      while (at < value.length && value[at] !== ";") at++;
    } else {
      end = indexOf(value, ";", at);
      if (end < 0) end = value.length;
      parameter = trim(slice(value, at, end));
      at = end;
      if (parameter === "") continue;
    }
    if (name !== "" && !parameters.has(name)) parameters.set(name, parameter);
  }
  return { essence, parameters };
}

internals.formdata.parseMediaType = parseMediaType;
