// node:fs/promises, which can be imported but does nothing here.
return require("internal/stub")("fs/promises", {
  functions: `access appendFile chmod chown copyFile cp glob lchmod lchown link lstat lutimes mkdir mkdtemp open opendir
    readFile readdir readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes watch writeFile`,
  classes: "FileHandle",
  objects: "constants",
});
