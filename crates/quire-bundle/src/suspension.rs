//! Keeps the asynchronous context across `await`, for programs that use `AsyncLocalStorage`.
//!
//! JavaScriptCore has no hook for native `await`. So each async function gets an object that notes the context when the
//! function is suspended and puts it back when it goes on:
//!
//! - `await x` becomes `s.resume(await s.suspend(x))`,
//! - `catch` and `finally` begin with `s.recover();`, because what was awaited may have been rejected,
//! - `for await (a of b) c` becomes `try { for await (a of s.iterate(b)) c } finally { s.recover(); }`,
//! - `yield x` of an async generator becomes `s.yielded(yield s.yielding(await s.suspend(x)))`,
//! - at its end, and where it returns, a function calls `s.done()`, so that its context is gone when the promise job is.
//!
//! The functions stay what they are: native, with their own `this`, `arguments`, `super`, names and stacks. Only insertions are
//! made, none of them with a line break, so the source map stays exact.

use oxc::ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, AwaitExpression, BlockStatement, Expression,
    ForOfStatement, Function, FunctionBody, LabeledStatement, Program, ReturnStatement, Statement,
    TryStatement, YieldExpression,
};
use oxc::ast_visit::{Visit, walk};
use oxc::span::{GetSpan, Span};
use oxc::syntax::scope::ScopeFlags;

use crate::finish::Edit;

/// The class of the objects, in the script.
const CLASS: &str = "__quire_suspension";
/// The object of the function at hand.
const OWN: &str = "__quire_await";

/// What the script has to begin with.
pub(crate) fn prologue() -> String {
    format!(" const {CLASS} = quire.asyncContext(), {OWN} = new {CLASS}();")
}

/// The edits that `program` needs.
pub(crate) fn edits(program: &Program<'_>) -> Vec<Edit> {
    let mut lowering = Lowering {
        edits: Vec::new(),
        // The program itself becomes the body of an async function.
        functions: vec![Around {
            kind: Kind::Async { generator: false },
            opening: None,
            suspends: true,
            returns: Vec::new(),
        }],
        labelled: None,
    };
    lowering.visit_program(program);
    lowering.edits
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Async { generator: bool },
}

/// A function around the place at hand.
struct Around {
    kind: Kind,
    /// The edit that gives it its object.
    opening: Option<usize>,
    /// Whether it needs one.
    suspends: bool,
    /// The edits that pass what it returns through the object, and what they are if there is none.
    returns: Vec<(usize, &'static str)>,
}

struct Lowering {
    edits: Vec<Edit>,
    /// The functions around the place at hand, innermost last.
    functions: Vec<Around>,
    /// Where the labels of the statement at hand begin.
    labelled: Option<u32>,
}

impl Lowering {
    fn insert(&mut self, at: u32, text: impl Into<String>) {
        self.edits.push(Edit {
            span: Span::new(at, at),
            text: text.into(),
        });
    }

    fn kind(&self) -> Kind {
        self.functions
            .last()
            .map_or(Kind::Plain, |around| around.kind)
    }

    fn is_async(&self) -> bool {
        self.kind() != Kind::Plain
    }

    fn is_async_generator(&self) -> bool {
        self.kind() == Kind::Async { generator: true }
    }

    fn enter(&mut self, kind: Kind) {
        self.functions.push(Around {
            kind,
            opening: None,
            suspends: false,
            returns: Vec::new(),
        });
    }

    /// Gives a function its object, unless it turns out to need none.
    fn open(&mut self, at: u32, text: String) {
        if let Some(around) = self.functions.last_mut() {
            around.opening = Some(self.edits.len());
        }
        self.insert(at, text);
    }

    /// The name of the object, which is needed then.
    fn own(&mut self) -> &'static str {
        if let Some(around) = self.functions.last_mut() {
            around.suspends = true;
        }
        OWN
    }

    /// Inserts what passes a result through the object, or `plain` if the function has none.
    fn insert_done(&mut self, at: u32, text: String, plain: &'static str) {
        if let Some(around) = self.functions.last_mut() {
            around.returns.push((self.edits.len(), plain));
        }
        self.insert(at, text);
    }

    /// `end`: where the closing brace of the function's body is.
    fn leave(&mut self, end: Option<u32>) {
        let Some(around) = self.functions.pop() else {
            return;
        };
        if around.suspends {
            if let Some(end) = end {
                self.insert(end, format!(";{OWN}.done();"));
            }
            return;
        }
        for (edit, plain) in around.returns {
            self.edits[edit].text = plain.to_owned();
        }
        if let Some(opening) = around.opening {
            let text = &mut self.edits[opening].text;
            *text = text.replace(&declaration(), "");
        }
    }

    fn recover(&mut self, block: &BlockStatement<'_>) {
        let own = self.own();
        self.insert(block.span.start + 1, format!("{own}.recover();"));
    }
}

fn declaration() -> String {
    format!("const {OWN} = new {CLASS}();")
}

/// Behind the directives of a function.
fn start_of(body: &FunctionBody<'_>) -> u32 {
    body.directives
        .last()
        .map_or(body.span.start + 1, |directive| directive.span.end)
}

/// Whether a value could be an object whose `then` the engine will call.
fn may_be_thenable(expression: &Expression<'_>) -> bool {
    !matches!(
        expression,
        Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::StringLiteral(_)
            | Expression::TemplateLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::ArrayExpression(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::BinaryExpression(_)
            | Expression::UnaryExpression(_)
            | Expression::UpdateExpression(_)
            // What was awaited is no thenable.
            | Expression::AwaitExpression(_)
    )
}

impl<'a> Visit<'a> for Lowering {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.enter(match function.r#async {
            true => Kind::Async {
                generator: function.generator,
            },
            false => Kind::Plain,
        });
        if let (true, Some(body)) = (function.r#async, &function.body) {
            self.open(start_of(body), format!(";{}", declaration()));
        }
        walk::walk_function(self, function, flags);
        let body = function.body.as_ref().filter(|_| function.r#async);
        self.leave(body.map(|body| body.span.end - 1));
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        self.enter(match arrow.r#async {
            true => Kind::Async { generator: false },
            false => Kind::Plain,
        });
        let (mut block, mut expression) = (None, None);
        if arrow.r#async {
            match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => {
                    self.open(start_of(body), format!(";{}", declaration()));
                    block = Some(body.span.end - 1);
                }
                body => {
                    let span = body.span();
                    self.open(span.start, format!("{{{}return ", declaration()));
                    self.insert_done(span.start, format!("{OWN}.done("), "");
                    self.insert(span.start, format!("{CLASS}.thenable("));
                    expression = Some(span.end);
                }
            }
        }
        walk::walk_arrow_function_expression(self, arrow);
        if let Some(end) = expression {
            self.insert_done(end, "));}".to_owned(), ");}");
        }
        self.leave(block);
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        let (span, own) = (expression.span, self.own());
        // The keyword alone: between it and what is awaited there may be a comment with line breaks.
        self.edits.push(Edit {
            span: Span::new(span.start, span.start + 5),
            text: format!("{own}.resume(await {own}.suspend("),
        });
        walk::walk_await_expression(self, expression);
        self.insert(span.end, "))");
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        if !self.is_async_generator() {
            return walk::walk_yield_expression(self, expression);
        }
        let (span, own) = (expression.span, self.own());
        match &expression.argument {
            Some(argument) if expression.delegate => {
                self.insert(span.start, format!("{own}.resume("));
                self.insert(argument.span().start, format!(" {own}.delegate("));
                walk::walk_yield_expression(self, expression);
                self.insert(span.end, "))");
            }
            Some(argument) => {
                self.insert(span.start, format!("{own}.yielded("));
                let text = format!(" {own}.yielding(await {own}.suspend(");
                self.insert(argument.span().start, text);
                walk::walk_yield_expression(self, expression);
                self.insert(span.end, ")))");
            }
            None => {
                let text = format!("{own}.yielded(yield {own}.yielding({own}.suspend()))");
                self.edits.push(Edit { span, text });
            }
        }
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        if !self.is_async() {
            return walk::walk_return_statement(self, statement);
        }
        let Some(argument) = &statement.argument else {
            self.insert_done(statement.span.start + 6, format!(" {OWN}.done()"), "");
            return;
        };
        let span = argument.span();
        // In brackets, because `return a, b` is allowed; with a space, because `return[a]` is.
        self.insert_done(span.start, format!(" {OWN}.done(("), " ");
        let (before, after) = match (may_be_thenable(argument), self.is_async_generator()) {
            (false, _) => (String::new(), ""),
            // It is awaited there.
            (true, true) => {
                let own = self.own();
                (format!("{own}.resume(await {own}.suspend(("), ")))")
            }
            (true, false) => (format!("{CLASS}.thenable(("), "))"),
        };
        self.insert(span.start, before);
        walk::walk_return_statement(self, statement);
        self.insert(span.end, after);
        self.insert_done(span.end, "))".to_owned(), "");
    }

    fn visit_try_statement(&mut self, statement: &TryStatement<'a>) {
        self.visit_block_statement(&statement.block);
        if let Some(handler) = &statement.handler {
            if self.is_async() {
                self.recover(&handler.body);
            }
            self.visit_catch_clause(handler);
        }
        if let Some(finalizer) = &statement.finalizer {
            if self.is_async() {
                self.recover(finalizer);
            }
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_labeled_statement(&mut self, statement: &LabeledStatement<'a>) {
        let start = self.labelled.take().unwrap_or(statement.span.start);
        if matches!(
            &statement.body,
            Statement::LabeledStatement(_) | Statement::ForOfStatement(_)
        ) {
            self.labelled = Some(start);
        }
        walk::walk_labeled_statement(self, statement);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        // Labels stay with their loop, inside the `try`.
        let start = self.labelled.take().unwrap_or(statement.span.start);
        if !statement.r#await {
            return walk::walk_for_of_statement(self, statement);
        }
        let own = self.own();
        self.insert(start, "try {");
        self.visit_for_statement_left(&statement.left);
        let iterated = statement.right.span();
        self.insert(iterated.start, format!(" {own}.iterate("));
        self.visit_expression(&statement.right);
        self.insert(iterated.end, ")");
        self.visit_statement(&statement.body);
        self.insert(
            statement.span.end,
            format!("}} finally {{ {own}.recover(); }}"),
        );
    }
}
