// console.table(): rows and columns in a box.
const { inspect, width } = internals.console;
const INDEX = "(index)";
const ITERATION_INDEX = "(iteration index)";
const KEY = "Key";
const VALUES = "Values";

const isObject = (value) => typeof value === "object" && value !== null;

function cell(value) {
  // Objects of more than a few properties show as their class alone, so that a row stays a row.
  const depth = isObject(value) && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0;
  return inspect(value, { depth }).replace(/\n\s*/g, " ");
}

function box(columns, rows) {
  const widths = columns.map((name, i) => Math.max(width(name), ...rows.map((row) => width(row[i] ?? ""))) + 2);
  const line = (left, middle, right) => left + widths.map((size) => "─".repeat(size)).join(middle) + right;
  const cells = (row) =>
    `│${widths.map((size, i) => ` ${row[i] ?? ""}${" ".repeat(size - 1 - width(row[i] ?? ""))}`).join("│")}│`;
  return [
    line("┌", "┬", "┐"),
    cells(columns),
    line("├", "┼", "┤"),
    ...rows.map(cells),
    line("└", "┴", "┘"),
  ].join("\n");
}

// [index, value] of each row, and what the index column is called.
function rowsOf(data) {
  if (data instanceof Map) {
    return { index: ITERATION_INDEX, rows: [...data].map(([key, value], i) => ({ index: String(i), key, value })) };
  }
  if (data instanceof Set || (typeof data[Symbol.iterator] === "function" && !Array.isArray(data) && !ArrayBuffer.isView(data))) {
    return { index: ITERATION_INDEX, rows: [...data].map((value, i) => ({ index: String(i), value })) };
  }
  return { index: INDEX, rows: Object.keys(data).map((name) => ({ index: name, value: data[name] })) };
}

// Undefined when the data is no table.
internals.console.table = (data, wanted) => {
  if (!isObject(data)) return undefined;
  const { index, rows } = rowsOf(data);
  const names = [];
  let hasValues = false;
  for (const { value } of rows) {
    if (!isObject(value)) hasValues = true;
    else for (const name of wanted ?? Object.keys(value)) if (!names.includes(name)) names.push(name);
  }
  const hasKeys = rows.some((row) => "key" in row);
  const columns = [index, ...(hasKeys ? [KEY] : []), ...names, ...(hasValues ? [VALUES] : [])];
  const lines = rows.map((row) => {
    const line = [row.index];
    if (hasKeys) line.push(cell(row.key));
    for (const name of names) line.push(isObject(row.value) && Object.hasOwn(row.value, name) ? cell(row.value[name]) : "");
    if (hasValues) line.push(isObject(row.value) ? "" : cell(row.value));
    return line;
  });
  return box(columns, lines);
};
