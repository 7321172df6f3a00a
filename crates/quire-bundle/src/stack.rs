//! Reads of `stack` see V8's text.
//!
//! The engine's `stack` of an error has frames only, in a form of its own, and is an own property that nothing can
//! intercept. Programs expect that of V8: the message on top, then lines such as `    at f (file:line:column)`. So the object that
//! `stack` is read from passes through the runtime first, which gives it that text if it is an error and gives it back: `e.stack` becomes
//! `__quire_stack(e).stack`, and `const { stack } = e` becomes `const { stack } = __quire_stack(e)`.
//!
//! Only insertions are made, none of them with a line break, so the source map stays exact. Out of reach are reads by a name
//! that is computed, and parameters that are taken apart, such as `catch ({ stack })`.

use oxc::ast::ast::{
    AssignmentExpression, AssignmentOperator, AssignmentTarget, AssignmentTargetProperty,
    BindingPattern, CallExpression, ComputedMemberExpression, Expression, NewExpression, Program,
    PropertyKey, StaticMemberExpression, VariableDeclarator,
};
use oxc::ast_visit::{Visit, walk};
use oxc::span::{GetSpan, Span};

use crate::finish::Edit;

/// The runtime's function, in the script.
const READY: &str = "__quire_stack";

/// What has to stand in front of a program with such edits.
pub(crate) fn prologue() -> String {
    format!(" const {READY} = quire.stack;")
}

/// The insertions before objects and those behind them: at one place, the former come after those of whatever surrounds
/// the object, the latter come before them.
#[derive(Default)]
pub(crate) struct Reads {
    pub before: Vec<Edit>,
    pub behind: Vec<Edit>,
}

/// The edits that `program`, whose text is `code`, needs.
pub(crate) fn edits(program: &Program<'_>, code: &str) -> Reads {
    let mut found = Found {
        code,
        reads: Reads::default(),
    };
    // Most programs have none; the visit would be for nothing.
    if code.contains("stack") {
        found.visit_program(program);
    }
    found.reads
}

struct Found<'c> {
    code: &'c str,
    reads: Reads,
}

impl Found<'_> {
    fn insert_behind(&mut self, at: u32, text: &str) {
        self.reads.behind.push(Edit {
            span: Span::new(at, at),
            text: text.to_owned(),
        });
    }

    fn wrap(&mut self, object: Span) {
        let start = object.start as usize;
        // `return(e).stack` and its kin: the name must not become part of the keyword.
        let glued = self.code[..start]
            .chars()
            .next_back()
            .is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '$'));
        let space = if glued { " " } else { "" };
        self.reads.before.push(Edit {
            span: Span::new(object.start, object.start),
            text: format!("{space}{READY}("),
        });
        self.insert_behind(object.end, ")");
    }

    /// The read `object.stack` or `object["stack"]`, of which `rest` is all behind the object.
    fn read(&mut self, object: &Expression<'_>, optional: bool, rest: Span) {
        if matches!(object, Expression::Super(_)) {
            return;
        }
        if optional || !is_chained(object) {
            return self.wrap(object.span());
        }
        // Of `a?.b.stack.c` all behind `a` is left out if there is no `a`, which the call cuts in two.
        let access = &self.code[rest.start as usize..rest.end as usize];
        let Some(at) = access.find(['.', '[', '/']) else {
            return;
        };
        let place = rest.start + at as u32;
        match &access[at..=at] {
            "." => {
                self.wrap(object.span());
                self.insert_behind(place, "?");
            }
            "[" => {
                self.wrap(object.span());
                self.insert_behind(place, "?.");
            }
            // A comment, in which anything may be.
            _ => {}
        }
    }
}

/// Whether an expression is part of a chain that may end early.
fn is_chained(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::StaticMemberExpression(member) => member.optional || is_chained(&member.object),
        Expression::ComputedMemberExpression(member) => {
            member.optional || is_chained(&member.object)
        }
        Expression::PrivateFieldExpression(member) => member.optional || is_chained(&member.object),
        Expression::CallExpression(call) => call.optional || is_chained(&call.callee),
        _ => false,
    }
}

fn is_stack(key: &PropertyKey<'_>) -> bool {
    key.is_specific_static_name("stack")
}

/// Whether `expression` is `"stack"`.
fn is_stack_text(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::StringLiteral(text) if text.value == "stack")
}

impl<'a> Visit<'a> for Found<'_> {
    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        if member.property.name == "stack" {
            let rest = Span::new(member.object.span().end, member.property.span.start);
            self.read(&member.object, member.optional, rest);
        }
        walk::walk_static_member_expression(self, member);
    }

    fn visit_computed_member_expression(&mut self, member: &ComputedMemberExpression<'a>) {
        if is_stack_text(&member.expression) {
            let rest = Span::new(member.object.span().end, member.expression.span().start);
            self.read(&member.object, member.optional, rest);
        }
        walk::walk_computed_member_expression(self, member);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let (BindingPattern::ObjectPattern(pattern), Some(init)) =
            (&declarator.id, &declarator.init)
            && pattern
                .properties
                .iter()
                .any(|property| is_stack(&property.key))
        {
            self.wrap(init.span());
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if let AssignmentTarget::ObjectAssignmentTarget(target) = &assignment.left {
            let reads = target.properties.iter().any(|property| match property {
                AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(property) => {
                    property.binding.name == "stack"
                }
                AssignmentTargetProperty::AssignmentTargetPropertyProperty(property) => {
                    is_stack(&property.name)
                }
            });
            if reads {
                self.wrap(assignment.right.span());
            }
        }
        // What is only written to stays; `e.stack += text` reads too.
        match (&assignment.left, assignment.operator) {
            (AssignmentTarget::StaticMemberExpression(member), AssignmentOperator::Assign) => {
                walk::walk_static_member_expression(self, member);
            }
            (AssignmentTarget::ComputedMemberExpression(member), AssignmentOperator::Assign) => {
                walk::walk_computed_member_expression(self, member);
            }
            (target, _) => self.visit_assignment_target(target),
        }
        self.visit_expression(&assignment.right);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        // A method of that name is no text.
        match &call.callee {
            Expression::StaticMemberExpression(member) => {
                walk::walk_static_member_expression(self, member);
            }
            callee => self.visit_expression(callee),
        }
        for argument in &call.arguments {
            self.visit_argument(argument);
        }
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        // A call among what is made would be the call that `new` is about.
        if matches!(new.callee, Expression::ParenthesizedExpression(_)) {
            self.visit_expression(&new.callee);
        }
        for argument in &new.arguments {
            self.visit_argument(argument);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxc::allocator::Allocator;
    use oxc::parser::Parser;
    use oxc::span::SourceType;

    /// The edited code, with `S` for the function's name.
    fn edited(code: &str) -> String {
        let allocator = Allocator::default();
        let parse = |code: &str| {
            let parsed =
                Parser::new(&allocator, allocator.alloc_str(code), SourceType::mjs()).parse();
            assert!(
                parsed.diagnostics.is_empty(),
                "{code}: {:?}",
                parsed.diagnostics
            );
            parsed.program
        };
        let Reads { before, behind } = edits(&parse(code), code);
        let mut edits: Vec<Edit> = behind.into_iter().chain(before).collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let (mut text, mut copied) = (String::new(), 0);
        for edit in edits {
            text.push_str(&code[copied..edit.span.start as usize]);
            text.push_str(&edit.text);
            copied = edit.span.end as usize;
        }
        text.push_str(&code[copied..]);
        parse(&text);
        text.replace(READY, "S")
    }

    fn check(cases: &[(&str, &str)]) {
        for (code, expected) in cases {
            assert_eq!(edited(code), *expected);
        }
    }

    #[test]
    fn reads() {
        check(&[
            ("log(e.stack);", "log(S(e).stack);"),
            (
                "e[\"stack\"]; e['stack']; e[stack]",
                "S(e)[\"stack\"]; S(e)['stack']; e[stack]",
            ),
            ("e.cause.stack", "S(e.cause).stack"),
            ("e.stack.stack", "S(S(e).stack).stack"),
            ("new Error('x').stack", "S(new Error('x')).stack"),
            ("(a, b).stack", "S((a, b)).stack"),
            ("e\n  // why\n  .stack", "S(e)\n  // why\n  .stack"),
            ("e.stack += 'x'", "S(e).stack += 'x'"),
            ("e.stack ||= 'x'", "S(e).stack ||= 'x'"),
            ("e.stack.x = e.y.stack", "S(e).stack.x = S(e.y).stack"),
            ("f`${e.stack}`", "f`${S(e).stack}`"),
            ("() => {return(e).stack}", "() => {return S((e)).stack}"),
            ("typeof[e][0].stack", "typeof S([e][0]).stack"),
            ("new (a.stack)(e.stack)", "new (S(a).stack)(S(e).stack)"),
            (
                "class A { x = this.stack }",
                "class A { x = S(this).stack }",
            ),
        ]);
    }

    #[test]
    fn chains() {
        check(&[
            ("e?.stack", "S(e)?.stack"),
            ("e?.stack.split()", "S(e)?.stack.split()"),
            ("a?.b?.stack", "S(a?.b)?.stack"),
            ("a?.b.stack.c()", "S(a?.b)?.stack.c()"),
            ("a?.b['stack']", "S(a?.b)?.['stack']"),
            ("a?.b()\n .stack", "S(a?.b())\n ?.stack"),
            ("(a?.b).stack", "S((a?.b)).stack"),
            ("a?.b/* . */.stack", "a?.b/* . */.stack"),
        ]);
    }

    #[test]
    fn patterns() {
        check(&[
            (
                "const { stack, message } = e, { a } = e;",
                "const { stack, message } = S(e), { a } = e;",
            ),
            (
                "let { stack: text = 1 } = f();",
                "let { stack: text = 1 } = S(f());",
            ),
            ("({ stack } = e);", "({ stack } = S(e));"),
            ("({ 'stack': a.b } = e);", "({ 'stack': a.b } = S(e));"),
        ]);
    }

    #[test]
    fn what_is_no_read_stays() {
        let same = "e.stack = a; e['stack'] = b; o.stack(); o.stack?.(); new o.stack(); new o.stack.B(); ({ stack: 1, stack() {} }); \
                    class A extends B { stack = 1; f() { return super.stack; } } stack.x; const { [stack]: c } = e;";
        assert_eq!(edited(same), same);
    }
}
