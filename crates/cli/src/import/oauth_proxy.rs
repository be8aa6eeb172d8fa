//! The plugin `oAuthProxy`: previews sign users in through the production deployment.

use gatepost_import::{syntax::SourceSpan, value::Value};

use super::{
    carry::Carrier,
    report::{Class, Variable},
};

/// Reads the plugin: `[previews]` has its production URL, and what else it needs is a variable.
pub(super) fn read(carrier: &mut Carrier<'_>, shown: &str, at: SourceSpan, options: Option<&Value>) {
    for (member, says) in [
        ("currentURL", "the variable BETTER_AUTH_URL, or what the platform says of a preview's own URL"),
        ("maxAge", "an answer of production is valid for a minute"),
        ("secret", "the variable GATEPOST_PREVIEW_KEY"),
    ] {
        if let Some(value) = options.and_then(|options| options.get(member)) {
            carrier.add(&format!("{shown}.{member}"), value.at, Class::Replaced, says);
        }
    }
    let Some(value) = options.and_then(|options| options.get("productionURL")) else {
        let says = "previews sign users in through production with `[previews] production_url`; no productionURL is given here";
        carrier.add(shown, at, Class::Replaced, says).decide = true;
        return;
    };
    let Some(key) = carrier.keys.find("previews.productionUrl").cloned() else { return };
    carrier.leaf(&format!("{shown}.productionURL"), &key, value);
    let says =
        "at least 32 characters, the same in production and preview: `cargo gatepost secret new` prints one".to_owned();
    carrier.variables.push(Variable { name: "GATEPOST_PREVIEW_KEY".to_owned(), from: Vec::new(), says });
}
