//! Generates `.env.example` and the part about variables in `docs/CONFIGURATION.md` from the list of variables.

use std::fmt::Write as _;

use gatepost_core::{
    config::{self, Readers, Variable, VariablePlace},
    functions::{FUNCTIONS, Function},
};

/// The line of `docs/CONFIGURATION.md` after which the generated part begins.
pub const BEGIN: &str = "<!-- variables: begin, written by `cargo gatepost generate` -->\n";
/// The line at which the generated part ends.
pub const END: &str = "<!-- variables: end -->\n";

/// Writes `.env.example`: every variable that an operator sets, with an empty value, which counts as absent.
pub fn example() -> String {
    let mut text = "# Written by `cargo gatepost generate`. Copy it to .env.local for `cargo dev`, which also makes the secret there.\n\
                    # docs/CONFIGURATION.md says how to set these for a deployment. What is empty counts as absent.\n"
        .to_owned();
    for variable in config::variables().filter(|variable| variable.set != VariablePlace::Platform) {
        let about = variable.about.replace("[Mails](#mails)", "docs/CONFIGURATION.md");
        let about = about.replace("[previews.md](previews.md)", "docs/previews.md");
        let about = about.replace("[POSTGRES.md](POSTGRES.md#the-url)", "docs/POSTGRES.md");
        let sensitive = if variable.sensitive { " Secret." } else { "" };
        // A pattern of names is a comment: the file would not be readable otherwise.
        let pattern = if variable.name.contains('<') { "# " } else { "" };
        // Writing into a String cannot fail.
        let _ = write!(text, "\n# {}.{sensitive}\n{pattern}{}=\n", capitalised(&about), variable.name);
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Writes the table of variables and the commands that set them.
pub fn documentation() -> String {
    let mut text =
        "| variable | what it is | needed by | read by | sensitive | set in |\n|---|---|---|---|---|---|\n".to_owned();
    for variable in config::variables() {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{}", row(variable));
    }
    text.push_str("\nOn the platform, for production and for preview, each with its own values; leave out variables that you do not need:\n\n```\n");
    for variable in config::variables() {
        let environments: &[_] = match variable.set {
            VariablePlace::Deployments => &["production", "preview"],
            VariablePlace::Production => &["production"],
            VariablePlace::Platform | VariablePlace::Locally | VariablePlace::Serving => &[],
        };
        let from = if variable.name == "BETTER_AUTH_SECRET" { "cargo gatepost secret new | " } else { "" };
        let flag = if variable.sensitive { " --sensitive" } else { "" };
        for environment in environments {
            let _ = writeln!(text, "{from}vercel env add {} {environment}{flag}", variable.name);
        }
    }
    text + "```\n"
}

fn row(variable: &Variable) -> String {
    let Variable { name, about, needed, sensitive, .. } = variable;
    let others: Vec<_> = variable.aliases.iter().map(|name| format!("`{name}`")).collect();
    let or = if others.is_empty() { String::new() } else { format!(", or {}", others.join(", ")) };
    let sensitive = if *sensitive { "yes" } else { "" };
    let set = match variable.set {
        VariablePlace::Deployments => "production, preview",
        VariablePlace::Production => "production",
        VariablePlace::Platform => "set by the platform",
        VariablePlace::Locally => "a developer's machine",
        VariablePlace::Serving => "a container or machine",
    };
    format!("| `{name}`{or} | {about} | {needed} | {} | {sensitive} | {set} |", readers(variable))
}

fn readers(variable: &Variable) -> String {
    match variable.readers {
        Readers::Every => "every function".to_owned(),
        Readers::CommandLine => "no function".to_owned(),
        Readers::Using(_) => {
            let reads = |function: &&Function| variable.is_read_by(function.uses());
            let names = FUNCTIONS.iter().filter(reads).map(|function| format!("`{}`", function.name));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}
