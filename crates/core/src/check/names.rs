//! Finds names of variables that nothing reads, and variables without a value.

use crate::config::{self, Variable, VariablePlace, Variables};

/// Finds misspelt names, and empty values, which count as absent: each with the problem and the fix.
pub(super) fn misspelt_or_empty(variables: &Variables) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, value) in variables.iter() {
        let known = config::variables().find(|variable| variable.is(name));
        let near =
            || config::variables().flat_map(Variable::names).find(|known| name.len() > 6 && is_near(known, name));
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

/// Whether a name differs from a known one only in case, one letter, or two swapped letters.
fn is_near(known: &str, name: &str) -> bool {
    let (known, name) = (known.as_bytes(), name.to_ascii_uppercase().replace('-', "_"));
    let name = name.as_bytes();
    let front = known.iter().zip(name).take_while(|(a, b)| a == b).count();
    let back = known.iter().rev().zip(name.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (known.len().min(name.len()), known.len().max(name.len()));
    let apart = short.saturating_sub(front + back);
    let swapped = || {
        let middle = |bytes: &[u8]| bytes.get(front..front + 2).map(<[u8]>::to_vec);
        let turned = middle(name).map(|mut pair| {
            pair.reverse();
            pair
        });
        known.len() == name.len() && apart == 2 && middle(known) == turned
    };
    (long - short <= 1 && apart <= usize::from(long == short)) || swapped()
}

#[cfg(test)]
mod tests {
    use super::is_near;

    #[test]
    fn a_name_is_near_by_case_a_letter_or_two_that_changed_places() {
        for name in ["DATABSE_URL", "DATABASEE_URL", "DATABASE_UPL", "DATABASE_ULR", "database_url", "DATABASE-URL"] {
            assert!(is_near("DATABASE_URL", name), "{name}");
        }
        for name in ["DATABASE", "DATABASE_URLS_ALL", "DATA_BASE_URI", "DIRECT_URL", ""] {
            assert!(!is_near("DATABASE_URL", name), "{name}");
        }
    }
}
