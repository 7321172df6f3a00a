// node:os, with the values of the Workers runtime: there is no machine to speak of.
const { validateInt32 } = require("internal/validators");

const primitive = (value) => Object.assign(value, { [Symbol.toPrimitive]: value });

return {
  EOL: "\n",
  devNull: "/dev/null",
  constants: require("internal/os/constants"),
  arch: primitive(() => "x64"),
  availableParallelism: primitive(() => 1),
  cpus: () => [],
  endianness: primitive(() => "LE"),
  freemem: primitive(() => 0),
  getPriority: (pid = 0) => (validateInt32(pid, "pid"), 0),
  homedir: primitive(() => "/tmp/"),
  hostname: primitive(() => "localhost"),
  loadavg: () => [0, 0, 0],
  machine: () => "x86_64",
  networkInterfaces: () => ({}),
  platform: primitive(() => "linux"),
  release: primitive(() => ""),
  setPriority(pid, priority) {
    if (priority === undefined) [pid, priority] = [0, pid];
    validateInt32(pid, "pid");
    validateInt32(priority, "priority", -20, 19);
  },
  tmpdir: primitive(() => "/tmp/"),
  totalmem: primitive(() => 0),
  type: primitive(() => "Linux"),
  uptime: primitive(() => 0),
  userInfo: () => ({ uid: -1, gid: -1, username: "", homedir: "/tmp/", shell: null }),
  version: primitive(() => ""),
};
