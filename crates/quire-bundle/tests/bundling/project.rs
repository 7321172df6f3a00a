//! A project in a temporary directory.

use std::fs;
use std::path::Path;

use oxc::allocator::Allocator;
use oxc::ast::ast::{Expression, Statement};
use oxc::parser::Parser;
use oxc::span::SourceType;
use quire_bundle::{
    Bundle, BundleErrors, BundleInput, Mode, Problem, Program, bundle, functions_files,
};
use quire_routes::HandlerRef;

pub struct Project {
    dir: tempfile::TempDir,
    pub minify: bool,
    pub node_compat: bool,
    pub bundled: bool,
    pub mode: Mode,
    pub define: Vec<(String, String)>,
}

impl Project {
    /// A project of these files, by path.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self {
            dir: tempfile::tempdir().unwrap(),
            minify: false,
            node_compat: false,
            bundled: true,
            mode: Mode::Production,
            define: Vec::new(),
        };
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        project
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn handlers(&self) -> Result<Vec<HandlerRef>, BundleErrors> {
        Ok(functions_files(&self.path().join("functions"))?
            .into_iter()
            .flat_map(|file| {
                file.exports.into_iter().map(move |export| HandlerRef {
                    file: file.path.clone(),
                    export,
                })
            })
            .collect())
    }

    pub fn input(&self) -> Result<BundleInput, BundleErrors> {
        let worker = self.path().join("_worker.js");
        let program = if worker.exists() {
            let (entry, modules) = if worker.is_dir() {
                (worker.join("index.js"), Some(worker))
            } else {
                (worker, None)
            };
            Program::Worker {
                entry,
                modules,
                bundled: self.bundled,
            }
        } else {
            Program::Functions {
                dir: self.path().join("functions"),
                handlers: self.handlers()?,
            }
        };
        Ok(BundleInput {
            project_dir: self.path().to_owned(),
            program,
            mode: self.mode,
            minify: self.minify,
            node_compat: self.node_compat,
            async_hooks: self.node_compat,
            define: self.define.clone(),
        })
    }

    pub fn try_bundle(&self) -> Result<Bundle, BundleErrors> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(bundle(&self.input()?))
    }

    /// The script of a build that must succeed, checked to be one async function.
    pub fn bundle(&self) -> Bundle {
        let bundle = match self.try_bundle() {
            Ok(bundle) => bundle,
            Err(errors) => panic!("{errors:#}"),
        };
        assert_one_async_function(&bundle.script);
        bundle
    }

    pub fn script(&self) -> String {
        self.bundle().script
    }

    /// The problems of a build that must fail.
    pub fn failure(&self) -> Vec<Problem> {
        match self.try_bundle() {
            Ok(bundle) => panic!("expected an error, got {}", bundle.script),
            Err(errors) => errors.problems,
        }
    }

    /// `failure`, one line each: `file:line:column message | help`.
    pub fn failure_lines(&self) -> Vec<String> {
        lines(&self.failure())
    }
}

pub fn lines(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let place = problem.place.as_ref().map_or(String::new(), |place| {
                format!("{}:{}:{} ", place.file, place.line, place.column)
            });
            let help = problem
                .help
                .as_ref()
                .map_or(String::new(), |help| format!(" | {help}"));
            format!("{place}{}{help}", problem.message)
        })
        .collect()
}

/// A project with one function at `functions/index.ts`.
pub fn function(text: &str) -> Project {
    Project::new(&[("functions/index.ts", text)])
}

pub fn assert_contains(script: &str, text: &str) {
    assert!(script.contains(text), "no {text:?} in\n{script}");
}

/// What the runtime relies on: as a script, in sloppy mode, the text is a single parenthesised async function.
fn assert_one_async_function(script: &str) {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::script()).parse();
    assert!(
        parsed.diagnostics.is_empty(),
        "{:?} in\n{script}",
        parsed.diagnostics
    );
    assert_eq!(parsed.program.body.len(), 1, "{script}");
    let Statement::ExpressionStatement(statement) = &parsed.program.body[0] else {
        panic!("no expression: {script}")
    };
    let Expression::FunctionExpression(function) = statement.expression.without_parentheses()
    else {
        panic!("no function: {script}")
    };
    assert!(function.r#async);
    assert_eq!(function.params.items.len(), 1);
}
