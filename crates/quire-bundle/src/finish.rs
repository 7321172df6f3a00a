//! Turns rolldown's output, an ES module, into one expression that a script can evaluate.
//!
//! What is left of module syntax at this point are imports of the runtime's modules; they become calls of
//! `quire.module`. Everything is edited in place, line by line, so that the source map stays exact.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Decorator, Expression, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression,
    ImportMeta, ModuleExportName, Statement,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};
use oxc::syntax::identifier::is_identifier_name;
use rolldown_sourcemap::{SourceMap, SourceMapBuilder};

use crate::diagnostics::{Place, Problem, offset_of_utf16};
use crate::entry::literal;
use crate::exports::sentence;
use crate::modules;
use crate::plugin::Binary;
use crate::promises;
use crate::stack;
use crate::suspension;

pub(crate) struct Finished {
    pub script: String,
    pub source_map: String,
    /// Whether it imports what is only known when it runs.
    pub computes_imports: bool,
}

/// `keeps_context`: whether the program uses `AsyncLocalStorage`. `modules`: the folder of its modules, as the map names it.
pub(crate) fn finish(
    code: &str,
    map: SourceMap,
    binaries: &BTreeMap<String, Binary>,
    keeps_context: bool,
    modules: Option<&str>,
) -> Result<Finished, Vec<Problem>> {
    let allocator = Allocator::default();
    // What the engine runs: no JSX, no types.
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let failures: Vec<Problem> = parsed
        .diagnostics
        .iter()
        .map(|error| {
            let offset = error
                .labels
                .first()
                .map_or(0, |label| label.offset() as usize);
            located(
                code,
                &map,
                offset,
                &format!("{} (in the bundled program)", sentence(&error.message)),
            )
        })
        .collect();
    if !failures.is_empty() {
        return Err(failures);
    }

    let mut rest = Rest::default();
    for statement in &parsed.program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                rest.edits.push(Edit {
                    span: import.span,
                    text: runtime_import(import),
                });
            }
            Statement::ExportNamedDeclaration(export) if export.specifiers.is_empty() => {
                rest.edits.push(Edit {
                    span: export.span,
                    text: String::new(),
                });
            }
            Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::ExportDeclaration(_)
            | Statement::ExportDefaultDeclaration(_) => {
                rest.refused.push((
                    statement.span(),
                    "an `export` was left in the bundled program",
                ));
            }
            _ => rest.visit_statement(statement),
        }
    }
    if !rest.refused.is_empty() {
        return Err(rest
            .refused
            .iter()
            .map(|(span, message)| located(code, &map, span.start as usize, message))
            .collect());
    }
    let stack::Reads { before, behind } = stack::edits(&parsed.program, code);
    let reads_stacks = !before.is_empty();
    let mut edits = behind;
    edits.append(&mut rest.edits);
    for at in &rest.dynamic {
        // `import` alone, so that what is imported stays as it is and where it is.
        let span = Span::new(*at, *at + 6);
        let importer = modules.map(|folder| module_at(code, &map, *at as usize, folder));
        edits.push(Edit {
            span,
            text: modules::import_function(importer.as_deref()),
        });
    }
    if keeps_context {
        edits.extend(suspension::edits(&parsed.program));
    }
    let promises = promises::edits(&parsed.program);
    let makes_promises = !promises.is_empty();
    edits.extend(promises);
    edits.extend(before);
    // Stable: of insertions at one place what was asked for first comes first; a replacement follows them.
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));

    // The whole prologue is one line: every line of the map moves down by one.
    let mut script = String::from("(async function (quire) { \"use strict\";");
    if !rest.dynamic.is_empty() {
        script.push_str(&modules::prologue(modules.is_some()));
    }
    if keeps_context {
        script.push_str(&suspension::prologue());
    }
    if makes_promises {
        script.push_str(&promises::prologue());
    }
    if reads_stacks {
        script.push_str(&stack::prologue());
    }
    for (name, binary) in binaries {
        // Tree shaking may have dropped the import.
        if code.contains(name.as_str()) {
            let function = if binary.wasm { "wasm" } else { "binary" };
            script.push_str(&format!(
                " const {name} = quire.{function}(\"{}\");",
                BASE64.encode(&binary.bytes)
            ));
        }
    }
    script.push('\n');
    let mut copied = 0;
    for edit in &edits {
        script.push_str(&code[copied..edit.span.start as usize]);
        script.push_str(&edit.text);
        copied = edit.span.end as usize;
    }
    script.push_str(&code[copied..]);
    if !script.ends_with('\n') {
        script.push('\n');
    }
    script.push_str("})");

    let map = shifted(code, &map, &edits);
    Ok(Finished {
        script,
        source_map: map,
        computes_imports: rest.computes_imports,
    })
}

/// A replacement of a stretch of the output. Neither side of it may hold a line break.
pub(crate) struct Edit {
    pub span: Span,
    pub text: String,
}

#[derive(Default)]
struct Rest {
    edits: Vec<Edit>,
    refused: Vec<(Span, &'static str)>,
    /// Where `import(…)` of something that is not in the bundle stands.
    dynamic: Vec<u32>,
    computes_imports: bool,
}

impl<'a> Visit<'a> for Rest {
    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.dynamic.push(import.span.start);
        self.computes_imports |= !matches!(import.source, Expression::StringLiteral(_));
        walk::walk_import_expression(self, import);
    }

    fn visit_import_meta(&mut self, meta: &ImportMeta) {
        self.refused.push((
            meta.span,
            "`import.meta` can only be read here as `import.meta` or `import.meta.url`",
        ));
    }

    fn visit_decorator(&mut self, decorator: &Decorator<'a>) {
        self.refused.push((
            decorator.span,
            "decorators can only be used with `experimentalDecorators` in `tsconfig.json`",
        ));
    }
}

/// `import a, { b as c } from "node:x"` as a declaration of constants.
fn runtime_import(import: &ImportDeclaration<'_>) -> String {
    let module = format!("quire.module({})", literal(&import.source.value));
    let mut declarators = Vec::new();
    let mut named = Vec::new();
    for specifier in import.specifiers.iter().flatten() {
        match specifier {
            ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                declarators.push(format!("{} = {}", default.local.name, default_of(&module)));
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(namespace) => {
                declarators.push(format!("{} = {module}", namespace.local.name));
            }
            ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                let local = specifier.local.name.as_str();
                match export_name(&specifier.imported) {
                    "default" => declarators.push(format!("{local} = {}", default_of(&module))),
                    imported if imported == local => named.push(local.to_owned()),
                    imported if is_identifier_name(imported) => {
                        named.push(format!("{imported}: {local}"))
                    }
                    imported => named.push(format!("{}: {local}", literal(imported))),
                }
            }
        }
    }
    if !named.is_empty() {
        declarators.push(format!("{{ {} }} = {module}", named.join(", ")));
    }
    if declarators.is_empty() {
        format!("{module};")
    } else {
        format!("const {};", declarators.join(", "))
    }
}

/// A module that has no default export stands for itself, as Node's do.
fn default_of(module: &str) -> String {
    format!("((module) => \"default\" in module ? module.default : module)({module})")
}

fn export_name<'a>(name: &'a ModuleExportName<'_>) -> &'a str {
    match name {
        ModuleExportName::IdentifierName(name) => name.name.as_str(),
        ModuleExportName::IdentifierReference(name) => name.name.as_str(),
        ModuleExportName::StringLiteral(name) => name.value.as_str(),
    }
}

/// Line and column of `offset`, as source maps count.
fn position(code: &str, offset: usize) -> (u32, u32) {
    let before = &code[..offset.min(code.len())];
    let line = before.matches('\n').count() as u32;
    (
        line,
        utf16_len(before.rsplit('\n').next().unwrap_or_default()),
    )
}

/// The module of the folder `modules` that the code at `offset` comes from, by its path there.
fn module_at(code: &str, map: &SourceMap, offset: usize, modules: &str) -> String {
    let (line, column) = position(code, offset);
    let table = map.generate_lookup_table();
    map.lookup_source_view_token(&table, line, column)
        .and_then(|token| token.get_source())
        .and_then(|source| source.trim_start_matches("./").strip_prefix(modules))
        .map(|path| path.trim_start_matches('/').to_owned())
        .unwrap_or_default()
}

/// A problem at `offset` of the output, shown where it comes from.
fn located(code: &str, map: &SourceMap, offset: usize, message: &str) -> Problem {
    let (line, column) = position(code, offset);
    let problem = Problem::error(message);
    let table = map.generate_lookup_table();
    let Some(token) = map.lookup_source_view_token(&table, line, column) else {
        return problem;
    };
    match token.get_source_and_content() {
        Some((file, text)) => {
            let start = offset_of_utf16(
                text,
                token.get_src_line() as usize,
                token.get_src_col() as usize,
            );
            problem.at(Place::new(file, text, start, start + 1, None))
        }
        None => problem,
    }
}

fn utf16_len(text: &str) -> u32 {
    text.chars()
        .map(|character| character.len_utf16() as u32)
        .sum()
}

/// The map of the finished script: one line lower, and to the right of each edit by what it added.
fn shifted(code: &str, map: &SourceMap, edits: &[Edit]) -> String {
    let moves = moves(code, edits);
    let mut builder = SourceMapBuilder::default();
    // The builder keeps each name once, the bundler's map does not: the numbers change.
    let names: Vec<u32> = map.get_names().map(|name| builder.add_name(name)).collect();
    let sources: Vec<String> = map
        .get_sources()
        // A NUL marks modules that are no files; in a path it only does harm.
        .map(|source| source.trim_start_matches("./").replace('\0', ""))
        .collect();
    for (source, content) in sources.iter().zip(map.get_source_contents()) {
        builder.set_source_and_content(source, content.unwrap_or_default());
    }
    for token in map.get_tokens() {
        let line = token.get_dst_line();
        let mut column = i64::from(token.get_dst_col());
        let first = moves.partition_point(|edit| edit.line < line);
        let mut moved = 0;
        for edit in moves[first..].iter().take_while(|edit| edit.line == line) {
            // What stood at the place of an insertion comes after it.
            let pushed = edit.start == edit.end && edit.start == token.get_dst_col();
            if i64::from(edit.start) >= i64::from(token.get_dst_col()) && !pushed {
                break;
            }
            if i64::from(token.get_dst_col()) < i64::from(edit.end) {
                // Inside what was replaced: its start is the only sensible place.
                column = i64::from(edit.start);
                break;
            }
            moved += edit.growth;
        }
        builder.add_token(
            line + 1,
            u32::try_from(column + moved).unwrap_or(0),
            token.get_src_line(),
            token.get_src_col(),
            token.get_source_id(),
            token
                .get_name_id()
                .and_then(|id| names.get(id as usize).copied()),
        );
    }
    builder.into_sourcemap().to_json_string()
}

struct Move {
    line: u32,
    start: u32,
    end: u32,
    growth: i64,
}

fn moves(code: &str, edits: &[Edit]) -> Vec<Move> {
    let mut line = 0;
    let mut scanned = 0;
    let mut line_start = 0;
    edits
        .iter()
        .map(|edit| {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            for (index, _) in code[scanned..start].match_indices('\n') {
                line += 1;
                line_start = scanned + index + 1;
            }
            scanned = start;
            let column = utf16_len(&code[line_start..start]);
            let length = utf16_len(&code[start..end]);
            Move {
                line,
                start: column,
                end: column + length,
                growth: i64::from(utf16_len(&edit.text)) - i64::from(length),
            }
        })
        .collect()
}
