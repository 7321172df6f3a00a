//! `quire kv namespace`

use clap::{Args, Subcommand};
use serde_json::json;

use super::bulk::confirm;
use super::{KvError, StoredArguments, open};
use crate::failure::Failure;
use crate::printer;
use crate::stored::Stored;

#[derive(Debug, Clone, Subcommand)]
pub enum NamespaceCommand {
    /// Create a namespace with a new id
    Create(CreateArguments),
    /// Print the namespaces as JSON
    List(ListArguments),
    /// Delete a namespace with all that is in it
    Delete(DeleteArguments),
}

#[derive(Debug, Clone, Args)]
pub struct CreateArguments {
    /// The title of the namespace
    namespace: String,

    /// Add `_preview` to the title, and print a `preview_id`
    #[arg(long)]
    preview: bool,

    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    #[command(flatten)]
    stored: StoredArguments,
}

#[derive(Debug, Clone, Args)]
pub struct DeleteArguments {
    /// The title of the namespace
    #[arg(required_unless_present_any = ["binding", "namespace_id"], conflicts_with_all = ["binding", "namespace_id"])]
    namespace: Option<String>,

    /// The namespace that the configuration binds to this name
    #[arg(long, value_name = "NAME", conflicts_with = "namespace_id")]
    binding: Option<String>,

    /// The namespace of this id
    #[arg(long, value_name = "ID")]
    namespace_id: Option<String>,

    /// Use the binding's `preview_id`
    #[arg(long, requires = "binding")]
    preview: bool,

    /// Do not ask whether it is meant
    #[arg(long, short = 'y')]
    skip_confirmation: bool,

    #[command(flatten)]
    stored: StoredArguments,
}

pub fn run(command: NamespaceCommand) -> Result<(), Failure> {
    match command {
        NamespaceCommand::Create(arguments) => create(&arguments),
        NamespaceCommand::List(arguments) => list(&arguments),
        NamespaceCommand::Delete(arguments) => delete(arguments),
    }
}

fn create(arguments: &CreateArguments) -> Result<(), Failure> {
    let store = open(&arguments.stored.find()?)?;
    let suffix = if arguments.preview { "_preview" } else { "" };
    let title = format!("{}{suffix}", arguments.namespace);
    let known = store.namespaces().map_err(KvError::Store)?;
    if known.iter().any(|namespace| namespace.title == title) {
        return Err(KvError::Exists(title).into());
    }
    let id = store.create_namespace(&title).map_err(KvError::Store)?;
    let key = if arguments.preview {
        "preview_id"
    } else {
        "id"
    };
    let binding = binding_name(&arguments.namespace);
    printer::line(format!(
        "Created the namespace \"{title}\". To bind it, add to wrangler.toml:\n"
    ));
    printer::line(format!(
        "[[kv_namespaces]]\nbinding = \"{binding}\"\n{key} = \"{id}\""
    ));
    printer::line(format!(
        "\nor to wrangler.json:\n\n{:#}",
        json!({ "kv_namespaces": [{ "binding": binding, key: id }] })
    ));
    Ok(())
}

/// A name that a variable can have.
fn binding_name(title: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let name = title.replace(|letter| !allowed(letter), "_");
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() => name,
        _ => "KV".to_owned(),
    }
}

fn list(arguments: &ListArguments) -> Result<(), Failure> {
    let store = open(&arguments.stored.find()?)?;
    let namespaces = store.namespaces().map_err(KvError::Store)?;
    let listed: Vec<_> = namespaces
        .iter()
        .map(|namespace| json!({ "id": namespace.id, "title": namespace.title }))
        .collect();
    printer::line(format!("{:#}", json!(listed)));
    Ok(())
}

fn delete(arguments: DeleteArguments) -> Result<(), Failure> {
    let stored = arguments.stored.find()?;
    let store = open(&stored)?;
    let (id, shown) = match &arguments.namespace {
        Some(title) => {
            let known = store.namespaces().map_err(KvError::Store)?;
            let found = known
                .into_iter()
                .find(|namespace| namespace.title == *title);
            let found = found.ok_or_else(|| KvError::Title(title.clone()))?;
            (found.id, format!("\"{title}\""))
        }
        None => selected(&arguments, &stored)?,
    };
    let question =
        format!("Delete the KV namespace {shown} with all that is in it? This cannot be undone.");
    if !arguments.skip_confirmation && !confirm(&question, "--skip-confirmation")? {
        printer::line("Not deleting.");
        return Ok(());
    }
    printer::line(format!("Deleting KV namespace {shown}."));
    match store.delete_namespace(&id).map_err(KvError::Store)? {
        true => printer::line(format!("Deleted KV namespace {shown}.")),
        false => printer::line(format!("KV namespace {shown} was empty.")),
    }
    Ok(())
}

fn selected(arguments: &DeleteArguments, stored: &Stored) -> Result<(String, String), Failure> {
    let which = super::Which {
        binding: arguments.binding.clone(),
        namespace_id: arguments.namespace_id.clone(),
        preview: arguments.preview,
    };
    let id = which.id(stored)?;
    let shown = match &arguments.binding {
        Some(binding) => format!("{binding} (id: {id})"),
        None => id.clone(),
    };
    Ok((id, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_bindings() {
        assert_eq!(binding_name("my cache-1"), "my_cache_1");
        assert_eq!(binding_name("1st"), "KV");
        assert_eq!(binding_name(""), "KV");
    }
}
