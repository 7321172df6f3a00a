//! `MessageChannel` and `MessagePort`. JavaScript only.

/// Evaluated after web/global_scope and web/structured_clone.
pub(crate) const SOURCES: &[(&str, &str)] = &[(
    "web/message_channel/message-channel.js",
    include_str!("message-channel.js"),
)];
