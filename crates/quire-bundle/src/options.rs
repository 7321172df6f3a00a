//! The settings rolldown is run with.

use std::path::{Path, PathBuf};

use rolldown::{
    BundlerOptions, BundlerTransformOptions, CodeSplittingMode, Either, InputItem, JsxOptions,
    OutputFormat, Platform, PreserveEntrySignatures, RawMinifyOptions, ResolveOptions,
    SourceMapType, TreeshakeOptions, TsConfig,
};
use rolldown_common::ChecksOptions;
use rolldown_fs::{OsFileSystem, OxcResolverFileSystem as _};
use rolldown_resolver::Resolver;

use crate::bundle::{BundleInput, Mode, Program};
use crate::diagnostics::Problem;
use crate::entry::{ENTRY, literal};

/// JavaScriptCore as of Safari 26 runs all of ES2025; newer syntax (`using`) is lowered.
const TARGET: &str = "es2025";

pub(crate) fn resolve_options() -> ResolveOptions {
    ResolveOptions {
        condition_names: Some(vec![
            "workerd".to_owned(),
            "worker".to_owned(),
            "browser".to_owned(),
        ]),
        main_fields: Some(vec![
            "browser".to_owned(),
            "module".to_owned(),
            "main".to_owned(),
        ]),
        alias_fields: Some(vec![vec!["browser".to_owned()]]),
        ..Default::default()
    }
}

pub(crate) struct Settings {
    pub options: BundlerOptions,
    /// The `tsconfig.json` that governs the program's own files.
    pub tsconfig: Option<PathBuf>,
}

/// Whether what nothing uses is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TreeShaking {
    On,
    Off,
}

/// `warnings` takes what is wrong with a `tsconfig.json` but need not stop the build.
pub(crate) fn settings(
    input: &BundleInput,
    project: &Path,
    tree_shaking: TreeShaking,
    warnings: &mut Vec<Problem>,
) -> Settings {
    let (tsconfig, tsconfig_file, jsx) = typescript_settings(input, project, warnings);
    let node_env = literal(match input.mode {
        Mode::Production => "production",
        Mode::Development => "development",
    });
    let mut define: Vec<(String, String)> = vec![
        ("process.env.NODE_ENV".to_owned(), node_env.clone()),
        ("global.process.env.NODE_ENV".to_owned(), node_env.clone()),
        ("globalThis.process.env.NODE_ENV".to_owned(), node_env),
        // A script has no `import.meta`, and that of a Worker is empty.
        ("import.meta.url".to_owned(), "undefined".to_owned()),
        ("import.meta.env".to_owned(), "undefined".to_owned()),
        ("import.meta".to_owned(), "({})".to_owned()),
    ];
    if let Program::Worker { bundled: false, .. } = input.program {
        // Such a program runs as it is. Without a definition of its own, rolldown has one for the environment.
        for (expression, value) in &mut define {
            if !expression.starts_with("import.meta") {
                value.clone_from(expression);
            }
        }
    }
    define.extend(input.define.iter().cloned());

    let options = BundlerOptions {
        input: Some(vec![InputItem {
            name: Some("worker".to_owned()),
            import: ENTRY.to_owned(),
        }]),
        cwd: Some(project.to_owned()),
        // Makes the sources of the map relative to the project; nothing is written.
        dir: Some(".".to_owned()),
        platform: Some(Platform::Browser),
        format: Some(OutputFormat::Esm),
        code_splitting: Some(CodeSplittingMode::Bool(false)),
        preserve_entry_signatures: Some(PreserveEntrySignatures::False),
        sourcemap: Some(SourceMapType::Hidden),
        keep_names: Some(true),
        minify: Some(RawMinifyOptions::Bool(input.minify)),
        treeshake: match tree_shaking {
            TreeShaking::On => TreeshakeOptions::default(),
            TreeShaking::Off => TreeshakeOptions::Boolean(false),
        },
        define: Some(define.into_iter().collect()),
        resolve: Some(resolve_options()),
        tsconfig: Some(tsconfig),
        transform: Some(BundlerTransformOptions {
            target: Some(Either::Left(TARGET.to_owned())),
            jsx: Some(Either::Right(jsx)),
            ..Default::default()
        }),
        checks: Some(ChecksOptions {
            circular_dependency: Some(false),
            eval: Some(false),
            ineffective_dynamic_import: Some(false),
            invalid_annotation: Some(false),
            plugin_timings: Some(false),
            prefer_builtin_feature: Some(false),
            configuration_field_conflict: Some(false),
            ..Default::default()
        }),
        ..Default::default()
    };
    Settings {
        options,
        tsconfig: tsconfig_file,
    }
}

/// Whether `tsconfig.json` files are read, and how JSX is compiled.
///
/// The original compiles JSX to `React.createElement` unless a tsconfig or a pragma says otherwise, rolldown to the
/// automatic runtime; so the tsconfig that governs the functions decides here which of the two is the default.
fn typescript_settings(
    input: &BundleInput,
    project: &Path,
    warnings: &mut Vec<Problem>,
) -> (TsConfig, Option<PathBuf>, JsxOptions) {
    let probe: PathBuf = match &input.program {
        Program::Functions { dir, .. } => dir.join("index.ts"),
        Program::Service { entry } | Program::Worker { entry, .. } => entry.clone(),
    };
    let resolver = Resolver::new(
        OsFileSystem::new(false),
        project.to_owned(),
        Platform::Browser,
        &TsConfig::Auto(true),
        resolve_options(),
    )
    .clone_default_resolver();
    let found = match resolver.find_tsconfig(&probe) {
        Ok(found) => found,
        Err(error) => {
            warnings.push(
                Problem::warning(format!(
                    "no `tsconfig.json` is used, because one cannot be read: {error}"
                ))
                .with_help("correct the file, or install the package it extends"),
            );
            return (TsConfig::Auto(false), None, classic());
        }
    };
    let jsx = match found.as_deref().map(|tsconfig| &tsconfig.compiler_options) {
        None => classic(),
        Some(options) => match options.jsx.as_deref() {
            // JSX cannot stay in a script, whatever another tool is meant to do with it.
            Some("preserve" | "react-native") => JsxOptions {
                runtime: Some("automatic".to_owned()),
                ..Default::default()
            },
            Some(_) => JsxOptions::default(),
            None if options.jsx_import_source.is_some() => JsxOptions::default(),
            None => classic(),
        },
    };
    (
        TsConfig::Auto(true),
        found.map(|tsconfig| tsconfig.path.clone()),
        jsx,
    )
}

fn classic() -> JsxOptions {
    JsxOptions {
        runtime: Some("classic".to_owned()),
        ..Default::default()
    }
}
