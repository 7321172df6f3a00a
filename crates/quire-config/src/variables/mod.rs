//! Variables and secrets: their files, the `--binding` flag, and which of several values counts.

mod binding_flag;
mod dotenv;
mod expansion;
mod layers;

pub use binding_flag::{BindingFlag, InvalidBindingFlag};
pub use dotenv::parse_dotenv;
pub use expansion::{ExpansionTooLong, expand_dotenv};
pub use layers::{Variable, VariableLayers, VariableSource};
