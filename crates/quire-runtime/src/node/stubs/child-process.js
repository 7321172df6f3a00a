// node:child_process, which can be imported but does nothing here.
return require("internal/stub")("child_process", {
  functions: "_forkChild exec execFile execFileSync execSync fork spawn spawnSync",
  classes: "ChildProcess",
});
