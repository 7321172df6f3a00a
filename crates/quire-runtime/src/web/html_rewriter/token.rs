//! What handlers may do with each kind of token.

use super::parser::{Kind, Line, streamed};
use lol_html::html_content::{
    Comment, ContentType, Doctype, DocumentEnd, Element, EndTag, StreamingHandler, TextChunk,
};

/// Something that a handler wants of its token.
pub(super) enum Command {
    /// A name or text that the token has.
    Read(Property),
    /// Replaces a name or text.
    Write(Property, String),
    /// Whether something holds.
    Ask(Question),
    /// The value of an attribute.
    Attribute(String),
    /// All attributes.
    Attributes,
    HasAttribute(String),
    SetAttribute(String, String),
    RemoveAttribute(String),
    /// Puts content somewhere.
    Insert(Place, Content, ContentType),
    Remove,
    RemoveAndKeepContent,
    /// Sets the handler, by its number, of the element's end tag.
    OnEndTag(u32),
}

/// A name or text of a token; the numbers are those of `tokens.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Name,
    Namespace,
    Text,
    PublicId,
    SystemId,
}

/// What can be asked of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Removed,
    SelfClosing,
    CanHaveContent,
}

/// Where content goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Before,
    After,
    Prepend,
    Append,
    Replace,
    Inner,
}

/// What is inserted.
pub(super) enum Content {
    Text(String),
    /// A stream, by its number.
    Stream(u32),
}

/// What a command gives.
pub(super) enum Reply {
    Nothing,
    Text(Option<String>),
    Flag(bool),
    /// Names and values in turn.
    Pairs(Vec<String>),
    /// A `TypeError`.
    Failed(String),
}

/// A failure, worded by lol_html.
pub(super) fn failed(error: impl std::fmt::Display) -> Reply {
    Reply::Failed(format!("Parser error: {error}"))
}

fn done<E: std::fmt::Display>(result: Result<(), E>) -> Reply {
    result.map_or_else(failed, |()| Reply::Nothing)
}

fn text(text: impl Into<Option<String>>) -> Reply {
    Reply::Text(text.into())
}

/// JavaScript gives tokens only the commands that their kind has.
fn unknown() -> Reply {
    failed("this token cannot do that")
}

/// A token whose handler runs.
pub(super) trait Target {
    fn execute(&mut self, command: Command, line: &Line) -> Reply;
}

type Streaming = Box<dyn StreamingHandler + Send>;

/// Inserts text or a stream by one of two methods of lol_html.
macro_rules! insert {
    ($token:expr, $content:expr, $content_type:expr, $text:ident, $stream:ident) => {{
        match $content {
            Content::Text(text) => $token.$text(&text, $content_type),
            Content::Stream(number) => {
                let stream: Streaming = streamed(number, $content_type);
                $token.$stream(stream);
            }
        }
        Reply::Nothing
    }};
}

impl Target for Element<'_, '_> {
    fn execute(&mut self, command: Command, line: &Line) -> Reply {
        match command {
            Command::Read(Property::Name) => text(self.tag_name()),
            Command::Read(Property::Namespace) => text(self.namespace_uri().to_owned()),
            Command::Write(Property::Name, name) => done(self.set_tag_name(&name)),
            Command::Ask(Question::Removed) => Reply::Flag(self.removed()),
            Command::Ask(Question::SelfClosing) => Reply::Flag(self.is_self_closing()),
            Command::Ask(Question::CanHaveContent) => Reply::Flag(self.can_have_content()),
            Command::Attribute(name) => text(self.get_attribute(&name)),
            Command::Attributes => Reply::Pairs(
                self.attributes()
                    .iter()
                    .flat_map(|attribute| [attribute.name(), attribute.value()])
                    .collect(),
            ),
            Command::HasAttribute(name) => Reply::Flag(self.has_attribute(&name)),
            Command::SetAttribute(name, value) => done(self.set_attribute(&name, &value)),
            Command::RemoveAttribute(name) => {
                self.remove_attribute(&name);
                Reply::Nothing
            }
            Command::Insert(place, content, kind) => match place {
                Place::Before => insert!(self, content, kind, before, streaming_before),
                Place::After => insert!(self, content, kind, after, streaming_after),
                Place::Prepend => insert!(self, content, kind, prepend, streaming_prepend),
                Place::Append => insert!(self, content, kind, append, streaming_append),
                Place::Replace => insert!(self, content, kind, replace, streaming_replace),
                Place::Inner => insert!(
                    self,
                    content,
                    kind,
                    set_inner_content,
                    streaming_set_inner_content
                ),
            },
            Command::Remove => {
                self.remove();
                Reply::Nothing
            }
            Command::RemoveAndKeepContent => {
                self.remove_and_keep_content();
                Reply::Nothing
            }
            Command::OnEndTag(number) => {
                let line = line.clone();
                let Some(handlers) = self.end_tag_handlers() else {
                    return failed("No end tag.");
                };
                // The last one counts.
                handlers.clear();
                handlers.push(Box::new(move |end_tag: &mut EndTag<'_>| {
                    line.call(Kind::EndTag, number, None, end_tag)
                }));
                Reply::Nothing
            }
            _ => unknown(),
        }
    }
}

impl Target for EndTag<'_> {
    fn execute(&mut self, command: Command, _: &Line) -> Reply {
        match command {
            Command::Read(Property::Name) => text(self.name()),
            Command::Write(Property::Name, name) => {
                self.set_name_str(name);
                Reply::Nothing
            }
            Command::Insert(Place::Before, content, kind) => {
                insert!(self, content, kind, before, streaming_before)
            }
            Command::Insert(Place::After, content, kind) => {
                insert!(self, content, kind, after, streaming_after)
            }
            Command::Remove => {
                self.remove();
                Reply::Nothing
            }
            _ => unknown(),
        }
    }
}

impl Target for TextChunk<'_> {
    fn execute(&mut self, command: Command, _: &Line) -> Reply {
        match command {
            Command::Ask(Question::Removed) => Reply::Flag(self.removed()),
            Command::Insert(Place::Before, content, kind) => {
                insert!(self, content, kind, before, streaming_before)
            }
            Command::Insert(Place::After, content, kind) => {
                insert!(self, content, kind, after, streaming_after)
            }
            Command::Insert(Place::Replace, content, kind) => {
                insert!(self, content, kind, replace, streaming_replace)
            }
            Command::Remove => {
                self.remove();
                Reply::Nothing
            }
            _ => unknown(),
        }
    }
}

impl Target for Comment<'_> {
    fn execute(&mut self, command: Command, _: &Line) -> Reply {
        match command {
            Command::Read(Property::Text) => text(Comment::text(self)),
            Command::Write(Property::Text, value) => done(self.set_text(&value)),
            Command::Ask(Question::Removed) => Reply::Flag(self.removed()),
            Command::Insert(Place::Before, content, kind) => {
                insert!(self, content, kind, before, streaming_before)
            }
            Command::Insert(Place::After, content, kind) => {
                insert!(self, content, kind, after, streaming_after)
            }
            Command::Insert(Place::Replace, content, kind) => {
                insert!(self, content, kind, replace, streaming_replace)
            }
            Command::Remove => {
                self.remove();
                Reply::Nothing
            }
            _ => unknown(),
        }
    }
}

impl Target for Doctype<'_> {
    fn execute(&mut self, command: Command, _: &Line) -> Reply {
        match command {
            Command::Read(Property::Name) => text(self.name()),
            Command::Read(Property::PublicId) => text(self.public_id()),
            Command::Read(Property::SystemId) => text(self.system_id()),
            _ => unknown(),
        }
    }
}

impl Target for DocumentEnd<'_> {
    fn execute(&mut self, command: Command, _: &Line) -> Reply {
        match command {
            Command::Insert(Place::Append, Content::Text(content), kind) => {
                self.append(&content, kind);
                Reply::Nothing
            }
            _ => unknown(),
        }
    }
}
