// net.isIP() and its kin.
const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** An address in groups of hexadecimal digits, of which one run of zeros may be left out, the last two perhaps as IPv4. */
function isIPv6(text) {
  const [address, zone, ...more] = `${text}`.split("%");
  if (more.length > 0 || zone === "" || (zone !== undefined && !/^[0-9a-zA-Z\-.:]+$/.test(zone))) return false;
  const halves = address.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [i, half] of halves.entries()) {
    const parts = half === "" ? [] : half.split(":");
    for (const [j, part] of parts.entries()) {
      const isLast = i === halves.length - 1 && j === parts.length - 1;
      if (isLast && V4.test(part)) groups += 2;
      else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups++;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

const isIPv4 = (text) => V4.test(`${text}`);
Object.assign(exports, { isIPv4, isIPv6, isIP: (text) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0) });
