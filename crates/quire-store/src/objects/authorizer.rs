//! What a program's SQL may do.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Functions that programs may call: the standard ones that tell nothing of how SQLite was built, and those that statements such as
/// `ALTER TABLE` call by themselves.
const FUNCTIONS: &str = " abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid length like \
    likelihood likely lower ltrim nullif octet_length printf quote random randomblob replace round rtrim sign soundex substr \
    substring total_changes trim typeof unhex unicode unlikely upper zeroblob load_extension \
    date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp \
    avg count group_concat max min string_agg sum total \
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value \
    acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow radians sin sinh sqrt tan tanh trunc \
    json jsonb json_array jsonb_array json_array_length json_extract jsonb_extract -> ->> json_insert jsonb_insert json_object \
    jsonb_object json_patch jsonb_patch json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type json_valid \
    json_quote json_group_array jsonb_group_array json_group_object jsonb_group_object json_each json_tree \
    match highlight bm25 snippet rtreecheck \
    sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column sqlite_rename_quotefix ";

/// Which arguments a PRAGMA may have.
#[derive(Clone, Copy)]
enum PragmaArgument {
    Any,
    Absent,
    Boolean,
    Name,
    OptionalName,
    OptionalNumber,
    OptionalNumberOrName,
}

/// Whether the statement that is being prepared is the program's or our own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust(Arc<AtomicBool>);

impl Trust {
    /// From now on statements are the program's (`false`) or ours (`true`).
    pub(crate) fn set(&self, trusted: bool) {
        self.0.store(trusted, Ordering::Relaxed);
    }

    /// The function that SQLite asks.
    pub(crate) fn authorizer(&self) -> impl FnMut(AuthContext<'_>) -> Authorization + Send + use<> {
        let trusted = self.0.clone();
        move |context| {
            if trusted.load(Ordering::Relaxed) || is_allowed(&context) {
                Authorization::Allow
            } else {
                Authorization::Deny
            }
        }
    }
}

fn is_allowed(context: &AuthContext<'_>) -> bool {
    // For these two the database's name is in another place.
    let database = match context.action {
        AuthAction::AlterTable { database_name, .. } => Some(database_name),
        _ => context.database_name,
    };
    match database {
        None | Some("main") => is_allowed_action(&context.action),
        Some("temp") => match context.action {
            AuthAction::Read { table_name, .. } | AuthAction::Update { table_name, .. } => {
                is_allowed_name(table_name)
            }
            _ => false,
        },
        Some(_) => false,
    }
}

fn is_allowed_action(action: &AuthAction<'_>) -> bool {
    match *action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Analyze { .. } => true,
        AuthAction::CreateTable { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::DropTable { table_name }
        | AuthAction::Insert { table_name }
        | AuthAction::AlterTable { table_name, .. }
        | AuthAction::Read { table_name, .. }
        | AuthAction::Update { table_name, .. } => is_allowed_name(table_name),
        AuthAction::CreateView { view_name } | AuthAction::DropView { view_name } => {
            is_allowed_name(view_name)
        }
        AuthAction::Reindex { index_name } => is_allowed_name(index_name),
        AuthAction::CreateIndex {
            index_name: name,
            table_name,
        }
        | AuthAction::DropIndex {
            index_name: name,
            table_name,
        }
        | AuthAction::CreateTrigger {
            trigger_name: name,
            table_name,
        }
        | AuthAction::DropTrigger {
            trigger_name: name,
            table_name,
        } => is_allowed_name(name) && is_allowed_name(table_name),
        AuthAction::CreateVtable {
            table_name,
            module_name,
        }
        | AuthAction::DropVtable {
            table_name,
            module_name,
        } => is_allowed_module(module_name) && is_allowed_name(table_name),
        AuthAction::Function { function_name } => is_allowed_function(function_name),
        AuthAction::Pragma {
            pragma_name,
            pragma_value,
        } => is_allowed_pragma(pragma_name, pragma_value),
        // Transactions and savepoints, other databases, temporary things, and whatever SQLite may come to have.
        _ => false,
    }
}

/// Names that begin so are ours.
fn is_allowed_name(name: &str) -> bool {
    !name
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("_cf_"))
}

fn is_allowed_module(name: &str) -> bool {
    ["fts5", "fts5vocab", "rtree", "rtree_i32"]
        .iter()
        .any(|module| name.eq_ignore_ascii_case(module))
}

fn is_allowed_function(name: &str) -> bool {
    // Some come as they are written, such as CURRENT_TIMESTAMP.
    FUNCTIONS.contains(&format!(" {} ", name.to_ascii_lowercase()))
}

fn is_allowed_pragma(name: &str, value: Option<&str>) -> bool {
    let argument = match name {
        "table_list" => PragmaArgument::Any,
        "data_version" | "page_size" => PragmaArgument::Absent,
        "case_sensitive_like"
        | "foreign_keys"
        | "defer_foreign_keys"
        | "ignore_check_constraints"
        | "legacy_alter_table"
        | "recursive_triggers"
        | "reverse_unordered_selects" => PragmaArgument::Boolean,
        "table_info" | "table_xinfo" | "foreign_key_list" | "index_info" | "index_list"
        | "index_xinfo" => PragmaArgument::Name,
        "foreign_key_check" => PragmaArgument::OptionalName,
        "quick_check" => PragmaArgument::OptionalNumberOrName,
        "optimize" => PragmaArgument::OptionalNumber,
        _ => return false,
    };
    match (argument, value) {
        (PragmaArgument::Any, _) => true,
        (PragmaArgument::Name, None) => false,
        (_, None) => true,
        (PragmaArgument::Absent, Some(_)) => false,
        (PragmaArgument::Boolean, Some(value)) => is_boolean(value),
        (PragmaArgument::Name | PragmaArgument::OptionalName, Some(value)) => {
            is_allowed_name(value)
        }
        (PragmaArgument::OptionalNumber, Some(value)) => value.parse::<i32>().is_ok(),
        (PragmaArgument::OptionalNumberOrName, Some(value)) => {
            value.parse::<u32>().is_ok() || is_allowed_name(value)
        }
    }
}

fn is_boolean(value: &str) -> bool {
    let bare = value.trim_matches(['\'', '"']).to_ascii_lowercase();
    ["true", "false", "yes", "no", "on", "off", "1", "0"].contains(&bare.as_str())
}
