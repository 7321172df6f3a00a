// How the parts of an object are put on lines: on one line while they are few and short, in columns if they are many short
// array elements, else one per line. The limits are those of Node's util.inspect, which programs' output is compared with.
const { withoutColors } = internals.console;
const LINE_WIDTH = 80;
// An object that holds no more than this many levels may stand on one line.
const LEVELS_ON_A_LINE = 3;
const COLUMNS_MAX = 15;
const GROUP_FROM = 7;

// Terminal columns of a text: East Asian wide characters and emoji take two, marks that combine take none.
const ascii = /^[\x20-\x7e]*$/;
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const doubleWidth =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;
function width(text) {
  if (ascii.test(text)) return text.length;
  let columns = 0;
  for (const character of withoutColors(text).normalize("NFC")) {
    if (doubleWidth.test(character)) columns += 2;
    else if (!zeroWidth.test(character)) columns += 1;
  }
  return columns;
}

// Array elements in columns of equal width; `parts` as they are if that does not look better.
// `extra` parts at the end ("... 3 more items") keep a line of their own.
function inColumns({ parts, indentation, hasMore, alignRight, compact, lineWidth }) {
  const count = parts.length - (hasMore ? 1 : 0);
  const gap = 2;
  const widths = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    widths[i] = width(parts[i]);
    total += widths[i] + gap;
    widest = Math.max(widest, widths[i]);
  }
  const cell = widest + gap;
  if (cell * 3 + indentation >= lineWidth || !(total / cell > 5 || widest <= 6)) return parts;
  // Aims at a block about 2.5 times as wide as it is high, in characters; uneven widths count as a bit less than the widest.
  const typical = Math.max(cell - 3 - Math.sqrt(cell - total / parts.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * typical * count) / typical),
    Math.floor((lineWidth - indentation) / cell),
    compact * 4,
    COLUMNS_MAX,
  );
  if (columns <= 1) return parts;
  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let most = 0;
    for (let i = column; i < count; i += columns) most = Math.max(most, widths[i]);
    columnWidths[column] = most + gap;
  }
  const lines = [];
  for (let start = 0; start < count; start += columns) {
    const end = Math.min(start + columns, count);
    let line = "";
    for (let i = start; i < end; i++) {
      const last = i === end - 1;
      const text = last ? parts[i] : `${parts[i]}, `;
      const padding = " ".repeat(Math.max(columnWidths[i - start] - widths[i] - gap, 0));
      if (alignRight) line += padding + text;
      else line += last ? text : text + padding;
    }
    lines.push(line);
  }
  for (let i = count; i < parts.length; i++) lines.push(parts[i]);
  return lines;
}

// Whether the parts fit on one line that has `taken` characters already.
function fits(parts, base, taken, lineWidth) {
  let length = parts.length + taken;
  if (length + parts.length > lineWidth || base.includes("\n")) return false;
  for (const part of parts) {
    length += withoutColors(part).length;
    if (length > lineWidth) return false;
  }
  return true;
}

// The form of `compact: true`: as much as possible on a line, the first part beside the brace.
function tight({ base, open, close, parts, indentation, lineWidth }) {
  const lead = base === "" ? "" : ` ${base}`;
  if (fits(parts, base, 0, lineWidth)) return `${open}${lead} ${parts.join(", ")} ${close}`;
  const newLine = `\n${" ".repeat(indentation)}`;
  const first = base === "" && open.length === 1 ? " " : `${lead}${newLine}  `;
  return `${open}${first}${parts.join(`,${newLine}  `)} ${close}`;
}

// `levels`: how many levels of objects the parts hold, counted at the last of them.
// `compact`: how many levels of objects may share a line, 0 for none, `true` for all; `lineWidth`: how long it may be.
function layOut(object) {
  const { base, open, close, parts, indentation, levels, isArray, compact, lineWidth } = object;
  if (compact === true) return tight(object);
  let lines = parts;
  if (isArray && parts.length >= GROUP_FROM && compact >= 1) lines = inColumns(object);
  const lead = base === "" ? "" : `${base} `;
  if (levels < compact && lines === parts) {
    const taken = parts.length + indentation + open.length + base.length + 10;
    if (fits(parts, base, taken, lineWidth)) {
      const joined = parts.join(", ");
      if (!joined.includes("\n")) return `${lead}${open} ${joined} ${close}`;
    }
  }
  const newLine = `\n${" ".repeat(indentation)}`;
  return `${lead}${open}${newLine}  ${lines.join(`,${newLine}  `)}${newLine}${close}`;
}

Object.assign(internals.console, { layOut, width, LINE_WIDTH, LEVELS_ON_A_LINE });
