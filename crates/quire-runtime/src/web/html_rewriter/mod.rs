//! `HTMLRewriter`, on lol_html.

mod parser;
mod token;
mod transformation;

use crate::core::bodies::NativeBody;
use crate::core::body::full_stream;
use crate::core::body_ops::{handle, take};
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::respond::body_bytes;
use crate::core::sink::Sink;
use encoding_rs::Encoding;
use lol_html::html_content::ContentType;
use lol_html::{AsciiCompatibleEncoding, Selector};
use parser::{Plan, Registration};
use quire_jsc::{Call, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use token::{Command, Content, Place, Property, Question, Reply};
use transformation::{Source, Transformation};

/// Evaluated after fetch.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/html_rewriter/tokens.js", include_str!("tokens.js")),
    (
        "web/html_rewriter/html-rewriter.js",
        include_str!("html-rewriter.js"),
    ),
];

/// The transformations that have not ended, by number.
#[derive(Clone, Default)]
struct Transformations(Rc<RefCell<FxHashMap<u64, Rc<Transformation>>>>);

/// Takes a transformation off the list when it ends, in whichever way.
struct Listed {
    transformations: Transformations,
    number: u64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        let ended = self.transformations.0.borrow_mut().remove(&self.number);
        drop(ended);
    }
}

impl Transformations {
    fn get(&self, call: &Call<'_>) -> Result<Rc<Transformation>, OpError> {
        let number = handle(call, 0)?;
        let found = self.0.borrow().get(&number).cloned();
        found.ok_or_else(token_is_over)
    }

    /// Does something with the token whose handler runs.
    fn command(&self, call: &Call<'_>, command: Command) -> Result<Reply, OpError> {
        match self.get(call)?.command(command) {
            Some(Reply::Failed(message)) => Err(OpError::Type(message)),
            Some(reply) => Ok(reply),
            None => Err(token_is_over()),
        }
    }
}

fn token_is_over() -> OpError {
    OpError::Type(
        "This content token is no longer valid. Content tokens are only valid during the execution of the relevant \
         content handler."
            .into(),
    )
}

pub(crate) fn install(realm: &Realm) {
    let transformations = Transformations::default();
    // (selector) → nothing; throws for one that is none
    realm.op("html_check_selector", |call| {
        selector(&call.string(0)?).map(drop)
    });
    // (label of an encoding) → nothing; throws for one that documents cannot have
    realm.op("html_check_charset", |call| {
        encoding(&call.string(0)?).map(drop)
    });
    let list = transformations.clone();
    // (source, registrations, charset, ESI tags?, dispatch, fail) → [transformation, body]
    realm.realm_op("html_transform", move |realm, call| {
        transform(realm, call, &list)
    });
    let list = transformations.clone();
    // (transformation, failed?): the promise of the handler that runs has settled
    realm.op("html_settle", move |call| {
        if let Ok(transformation) = list.get(call) {
            transformation.settle(call.boolean(1));
        }
        Ok(())
    });
    install_content(realm, &transformations);
    install_attributes(realm, &transformations);
}

/// What there is to read and to write of tokens of all kinds.
fn install_content(realm: &Realm, transformations: &Transformations) {
    let list = transformations.clone();
    // (transformation, property) → text or null
    realm.op("html_read", move |call| {
        let property = property(call.number(1)?)?;
        Ok(match list.command(call, Command::Read(property))? {
            Reply::Text(text) => text,
            _ => None,
        })
    });
    let list = transformations.clone();
    // (transformation, property, text)
    realm.op("html_write", move |call| {
        let command = Command::Write(property(call.number(1)?)?, call.string(2)?);
        list.command(call, command).map(drop)
    });
    let list = transformations.clone();
    // (transformation, question) → boolean
    realm.op("html_ask", move |call| {
        let question = match call.number(1)? as u8 {
            0 => Question::Removed,
            1 => Question::SelfClosing,
            _ => Question::CanHaveContent,
        };
        flag(list.command(call, Command::Ask(question))?)
    });
    let list = transformations.clone();
    // (transformation, place, content, html?): the content is text, bytes or the number of a body
    realm.realm_op("html_insert", move |realm, call| {
        let place = place(call.number(1)?)?;
        let content_type = match call.boolean(3) {
            true => ContentType::Html,
            false => ContentType::Text,
        };
        let content = match call.is_string(2) {
            true => Content::Text(call.string(2)?),
            false => {
                let request = realm.require_request()?;
                let source = source(&request, call, 2)?;
                Content::Stream(list.get(call)?.keep_content(source))
            }
        };
        list.command(call, Command::Insert(place, content, content_type))
            .map(drop)
    });
    let list = transformations.clone();
    // (transformation, keep what is inside?)
    realm.op("html_remove", move |call| {
        let command = match call.boolean(1) {
            true => Command::RemoveAndKeepContent,
            false => Command::Remove,
        };
        list.command(call, command).map(drop)
    });
    let list = transformations.clone();
    // (transformation, number of the handler)
    realm.op("html_on_end_tag", move |call| {
        let command = Command::OnEndTag(call.number(1)? as u32);
        list.command(call, command).map(drop)
    });
}

fn install_attributes(realm: &Realm, transformations: &Transformations) {
    let list = transformations.clone();
    // (transformation, name) → text or null
    realm.op("html_attribute", move |call| {
        let command = Command::Attribute(call.string(1)?);
        Ok(match list.command(call, command)? {
            Reply::Text(text) => text,
            _ => None,
        })
    });
    let list = transformations.clone();
    // (transformation) → names and values in turn
    realm.op("html_attributes", move |call| {
        let Reply::Pairs(pairs) = list.command(call, Command::Attributes)? else {
            return Err(token_is_over());
        };
        let context = call.context();
        let values: Vec<Value> = pairs.iter().map(|text| context.string(text)).collect();
        Ok(context.array(&values)?)
    });
    let list = transformations.clone();
    // (transformation, name) → boolean
    realm.op("html_has_attribute", move |call| {
        let command = Command::HasAttribute(call.string(1)?);
        flag(list.command(call, command)?)
    });
    let list = transformations.clone();
    // (transformation, name, value)
    realm.op("html_set_attribute", move |call| {
        let command = Command::SetAttribute(call.string(1)?, call.string(2)?);
        list.command(call, command).map(drop)
    });
    let list = transformations.clone();
    // (transformation, name)
    realm.op("html_remove_attribute", move |call| {
        let command = Command::RemoveAttribute(call.string(1)?);
        list.command(call, command).map(drop)
    });
}

fn flag(reply: Reply) -> Result<bool, OpError> {
    match reply {
        Reply::Flag(flag) => Ok(flag),
        _ => Err(token_is_over()),
    }
}

fn property(number: f64) -> Result<Property, OpError> {
    Ok(match number as u8 {
        0 => Property::Name,
        1 => Property::Namespace,
        2 => Property::Text,
        3 => Property::PublicId,
        4 => Property::SystemId,
        _ => return Err(token_is_over()),
    })
}

fn place(number: f64) -> Result<Place, OpError> {
    Ok(match number as u8 {
        0 => Place::Before,
        1 => Place::After,
        2 => Place::Prepend,
        3 => Place::Append,
        4 => Place::Replace,
        5 => Place::Inner,
        _ => return Err(token_is_over()),
    })
}

fn selector(text: &str) -> Result<Selector, OpError> {
    text.parse()
        .map_err(|error| OpError::Type(format!("Parser error: {error}")))
}

fn encoding(label: &str) -> Result<AsciiCompatibleEncoding, OpError> {
    let refused = |reason: &str| OpError::Type(format!("Parser error: {reason}"));
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())
        .ok_or_else(|| refused("Unknown character encoding has been provided."))?;
    AsciiCompatibleEncoding::new(encoding)
        .ok_or_else(|| refused("Expected ASCII-compatible encoding."))
}

/// What an argument names: text, bytes or the number of a body.
fn source(request: &RequestContext, call: &Call<'_>, index: usize) -> Result<Source, OpError> {
    Ok(match body_bytes(call, index)? {
        Ok(bytes) => Source {
            stream: full_stream(bytes),
            by_program: false,
        },
        Err(number) => {
            let body = take(request, number)?;
            Source {
                by_program: body.is_by_program(),
                stream: body.decoded(),
            }
        }
    })
}

/// Reads an array of selectors (or `null`) and bits in turn.
fn registrations(list: &Value) -> Result<Vec<Registration>, OpError> {
    let length = list.get("length")?.to_number()? as u32;
    let mut registrations = Vec::new();
    for index in (0..length).step_by(2) {
        let text = list.get_index(index)?;
        let bits = list.get_index(index + 1)?.to_number()? as u8;
        registrations.push(Registration {
            selector: match text.is_null() {
                true => None,
                false => Some(selector(&text.to_text()?)?),
            },
            element_or_doctype: bits & 1 != 0,
            comments: bits & 2 != 0,
            text: bits & 4 != 0,
            end: bits & 8 != 0,
        });
    }
    Ok(registrations)
}

fn transform(
    realm: &Rc<Realm>,
    call: &Call<'_>,
    transformations: &Transformations,
) -> Result<Value, OpError> {
    let request = realm.require_request()?;
    let plan = Plan {
        registrations: registrations(&call.value(1))?,
        encoding: encoding(&call.string(2)?)?,
        esi_tags: call.boolean(3),
    };
    let transformation = Transformation::new(plan, call.value(4), call.value(5))
        .map_err(|error| OpError::Error(format!("no memory for HTMLRewriter's parser: {error}")))?;
    let source = source(&request, call, 0)?;
    let (sink, stream) = Sink::open(None);
    let (number, body) = (realm.next_id(), realm.next_id());
    request.bodies.insert(body, NativeBody::by_program(stream));
    transformations
        .0
        .borrow_mut()
        .insert(number, transformation.clone());
    let listed = Listed {
        transformations: transformations.clone(),
        number,
    };
    realm.spawn(async move |realm, owner| {
        let _listed = listed;
        if let Some(owner) = owner {
            transformation.run(&realm, &owner, source, sink).await;
        }
    });
    let context = realm.context();
    Ok(context.array(&[context.number(number as f64), context.number(body as f64)])?)
}
