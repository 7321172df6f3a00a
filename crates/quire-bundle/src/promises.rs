//! `new Promise(…)` goes through the runtime, which settles the promise in the turn of the request that made it, whoever
//! calls `resolve`. The global itself stays the engine's own: `await` is slow for promises of any other constructor.

use oxc::ast::ast::{BindingIdentifier, Expression, NewExpression, Program};
use oxc::ast_visit::{Visit, walk};
use oxc::span::Span;

use crate::finish::Edit;

/// What takes the place of `Promise` after `new`.
const MAKE: &str = "__quire_promise";

/// What has to stand in front of a program with such edits.
pub(crate) fn prologue() -> String {
    format!(" const {MAKE} = quire.promise;")
}

/// None for a program that has a `Promise` of its own somewhere.
pub(crate) fn edits(program: &Program<'_>) -> Vec<Edit> {
    let mut found = Found::default();
    found.visit_program(program);
    if found.declares {
        return Vec::new();
    }
    let edit = |span| Edit {
        span,
        text: MAKE.to_owned(),
    };
    found.made.into_iter().map(edit).collect()
}

#[derive(Default)]
struct Found {
    made: Vec<Span>,
    declares: bool,
}

impl<'a> Visit<'a> for Found {
    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Expression::Identifier(name) = &new.callee
            && name.name == "Promise"
        {
            self.made.push(name.span);
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_binding_identifier(&mut self, binding: &BindingIdentifier<'a>) {
        self.declares |= binding.name == "Promise";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxc::allocator::Allocator;
    use oxc::parser::Parser;
    use oxc::span::SourceType;

    fn edited(code: &str) -> usize {
        let allocator = Allocator::default();
        edits(
            &Parser::new(&allocator, code, SourceType::mjs())
                .parse()
                .program,
        )
        .len()
    }

    #[test]
    fn only_what_makes_a_global_promise_is_edited() {
        assert_eq!(
            edited("new Promise((a) => new Promise(a)); Promise.resolve(new Promises());"),
            2
        );
        assert_eq!(
            edited("new x.Promise(f); class P extends Promise {} new P(f);"),
            0
        );
        assert_eq!(edited("function f(Promise) { return new Promise(g); }"), 0);
        assert_eq!(edited("const { Promise } = library; new Promise(g);"), 0);
    }
}
