//! quire-bundle: from a project's source files to one script that JavaScriptCore can evaluate.
//!
//! Data moves through it in two steps. [`functions_files`] walks `functions/` and reads which handlers each file exports,
//! by parsing it alone; quire-routes makes the routes from that. [`bundle`] then generates an entry module that imports
//! exactly those handlers, has rolldown bundle it (TypeScript, JSX, npm packages, JSON, text and binary files), and wraps
//! the result as `(async function (quire) { … })`, whose last statement is
//! `quire.register([[file, export, value], …])`, or `quire.worker(namespace)` for a program of one module. The function is async so that a top-level `await` in the project works.
//!
//! The script expects of the `quire` object it is called with:
//! - `register(triples)`: takes the handlers;
//! - `worker(namespace)`, called instead for a program of one module: takes all its exports, an object by their names;
//! - `module(name)`: the namespace of a module of the runtime (`cloudflare:*`, `node:*`), or throws;
//! - `asyncContext()`: the class that keeps the context over `await`, in programs that import `node:async_hooks`;
//! - `promise(executor)`: what `new Promise(executor)` becomes; `stack(value)`: gives the value back, an error with V8's `stack`;
//! - `wasm(base64)`: a `WebAssembly.Module`; `binary(base64)`: an `ArrayBuffer`.
//!
//! Both steps report every problem they find, each a [`Problem`] with file, line, column and advice.
#![forbid(unsafe_code)]

mod asset_folders;
mod builtin;
mod bundle;
mod diagnostics;
mod entry;
mod exports;
mod finish;
mod modules;
mod options;
mod plugin;
mod promises;
mod source;
mod stack;
mod suggest;
mod suspension;
mod translate;
mod walk;

pub use asset_folders::{AssetFolder, PREFIX as ASSET_FOLDERS_PREFIX};
pub use bundle::{Bundle, BundleInput, Mode, Program, bundle};
pub use diagnostics::{BundleErrors, Place, Problem, Severity};
pub use exports::HANDLER_EXPORTS;
pub use walk::functions_files;
