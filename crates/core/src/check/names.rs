//! Finds names of variables that nothing reads, and variables without a value.

use crate::{
    config::{self, Variable, VariablePlace, Variables},
    options::alike,
};

/// Finds misspelt names, and empty values, which count as absent: each with the problem and the fix.
pub(super) fn misspelt_or_empty(variables: &Variables) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in variables.iter() {
        let known = config::variables().find(|variable| variable.is(name));
        let near = || config::variables().flat_map(Variable::names).find(|known| name.len() > 6 && alike(known, name));
        match known {
            Some(variable) if value.is_empty() && variable.set != VariablePlace::Platform => {
                let why = "; `vercel env pull` writes sensitive values this way, which only the build can check";
                let why = if variable.sensitive { why } else { "" };
                found.push((name.to_owned(), format!("it is empty, which counts as absent{why}; set or remove it")));
            }
            Some(_) => {}
            None => {
                if let Some(near) = near() {
                    found.push((name.to_owned(), format!("nothing reads it; write {near}")));
                }
            }
        }
    }
    found
}
