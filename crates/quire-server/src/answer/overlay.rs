//! The report of a failed build, shown inside the pages that the last good build still serves.

use super::html::Escaped;

/// A custom element with a shadow tree: the page's styles do not reach it, and the other way round.
pub(crate) fn element(report: &str) -> String {
    format!(
        "\n<quire-build-error><template shadowrootmode=open><style>:host{{all:initial}}section{{position:fixed;inset:auto 0 0;\
         z-index:2147483647;max-height:60vh;overflow:auto;padding:1rem 1.25rem;background:#2a1215;color:#ffd9d6;\
         border-top:3px solid #e5484d;font:13px/1.5 ui-monospace,monospace}}h2{{margin:0 0 .5rem;font:600 15px system-ui}}\
         pre{{margin:0;white-space:pre-wrap}}</style><section role=alert><h2>The build failed; this page comes from the last good one</h2>\
         <pre>{}</pre></section></template></quire-build-error>\n",
        Escaped(report),
    )
}
