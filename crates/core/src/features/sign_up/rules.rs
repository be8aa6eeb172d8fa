//! Decides which addresses may sign up.

use super::declaration::SignUp;
use crate::syntax::{domain, email};

/// The decision about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The address may sign up.
    Allowed,
    /// The address may sign up if it has an invitation.
    IfInvited,
    /// The address may not sign up.
    Refused,
}

/// Decides whether a new user may have this address.
pub(super) fn judge(address: &str, config: &SignUp) -> Verdict {
    let known = domain::of_address(address);
    if config.allow_list.iter().any(|listed| Some(listed) == known.as_ref()) {
        return Verdict::Allowed;
    }
    match judge_domain(known.as_deref(), config) {
        Verdict::Allowed if config.invitation_only => Verdict::IfInvited,
        verdict => verdict,
    }
}

/// Decides whether a user may change to this address. Invitations are for new users.
pub(super) fn judge_change(address: &str, config: &SignUp) -> Verdict {
    match judge(address, config) {
        Verdict::IfInvited => Verdict::Allowed,
        verdict => verdict,
    }
}

/// Decides by the domain of an address, which is `None` if it is not one address of one domain: then no list can have it.
fn judge_domain(address: Option<&str>, config: &SignUp) -> Verdict {
    let is_listed_only = config.allow_domains.is_empty() && !config.allow_list.is_empty() && !config.invitation_only;
    if config.allows_all() {
        return Verdict::Allowed;
    }
    let Some((_, own)) = address.map(email::parts).filter(|_| !is_listed_only) else { return Verdict::Refused };
    let is_blocked = config.block_domains.iter().any(|blocked| own == blocked || domain::is_below(own, blocked));
    let is_allowed = config.allow_domains.is_empty() || config.allow_domains.iter().any(|entry| has(entry, own));
    if is_allowed && !is_blocked { Verdict::Allowed } else { Verdict::Refused }
}

/// Whether an entry of `allow_domains` has a domain: a domain has itself, and `*.` with a domain all of its subdomains.
fn has(entry: &str, domain: &str) -> bool {
    match entry.strip_prefix("*.") {
        Some(parent) => domain::is_below(domain, parent),
        None => domain == entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        options::{Options as _, Section, parse},
        problem::{Problems, Source},
    };

    fn config(toml: &str) -> (SignUp, Problems) {
        let (source, mut problems) = (Source { name: "gatepost.toml", text: toml }, Problems::default());
        let table = parse(source, &mut problems);
        let root = Section::root(source, table.as_ref().map(|table| table.get_ref()), |_| None);
        (SignUp::read(root, &mut problems), problems)
    }

    fn allowed<'a>(toml: &str, addresses: &[&'a str]) -> Vec<&'a str> {
        let (config, problems) = config(&format!("enabled = true\n{toml}"));
        assert!(problems.0.is_empty(), "{problems}");
        addresses.iter().copied().filter(|address| judge(address, &config) == Verdict::Allowed).collect()
    }

    #[test]
    fn domains_are_compared_as_the_dns_knows_them() {
        let all = [
            "a@example.com",
            "A@EXAMPLE.COM.",
            "a@sub.example.com",
            "a@notexample.com",
            "a@example.com.evil.net",
            "a@bücher.example",
            "a@xn--bcher-kva.example",
            "a@BÜCHER.example",
            "a@ｅxample.com",
            "a@sub.corp.example",
            "a@corp.example",
            "a@evilcorp.example",
        ];
        let found = allowed("allow_domains = [\"Example.com\", \"bücher.example\", \"*.corp.example\"]", &all);
        let expected = [all[0], all[1], all[5], all[6], all[7], all[8], all[9]];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_blocked_domain_is_blocked_with_its_subdomains() {
        let all = ["a@ok.example", "a@throwaway.example", "a@x.y.THROWAWAY.example", "a@notthrowaway.example"];
        assert_eq!(allowed("block_domains = [\"throwaway.example\"]", &all), [all[0], all[3]]);
        let both = "allow_domains = [\"*.example\"]\nblock_domains = [\"throwaway.example\"]";
        assert!(!config(&format!("enabled = true\n{both}")).1.0.is_empty());
        let both = "allow_domains = [\"mail.throwaway.example\"]\nblock_domains = [\"throwaway.example\"]";
        assert_eq!(allowed(both, &["a@mail.throwaway.example"]), [""; 0]);
    }

    #[test]
    fn what_is_not_one_address_is_on_no_list_and_on_every_blocked_one() {
        let all = [
            "a@evil.net,b@example.com",
            "a@evil.net b@example.com",
            "\"a@evil.net\"@example.com",
            "<a@evil.net>@example.com",
            "@example.com",
            "example.com",
            "",
            "a@[10.0.0.1]",
            "a@10.0.0.1",
            "a@localhost",
            "a@exam%70le.com",
        ];
        assert_eq!(allowed("allow_domains = [\"example.com\"]", &all), [""; 0]);
        assert_eq!(allowed("block_domains = [\"throwaway.example\"]", &all), [""; 0]);
    }

    #[test]
    fn listed_addresses_may_whatever_their_domain_and_then_others_may_not() {
        let all = ["Ada@throwaway.example", "ada@throwaway.example", "eve@example.com"];
        let listed = "allow_list = [\"ADA@Throwaway.example\"]\n";
        assert_eq!(allowed(listed, &all), all[..2]);
        assert_eq!(allowed(&format!("{listed}block_domains = [\"throwaway.example\"]"), &all), all[..2]);
        assert_eq!(allowed(&format!("{listed}allow_domains = [\"example.com\"]"), &all), all);
        let (config, _) = config(&format!("enabled = true\ninvitation_only = true\n{listed}"));
        let verdicts = all.map(|address| judge(address, &config));
        assert_eq!(verdicts, [Verdict::Allowed, Verdict::Allowed, Verdict::IfInvited]);
        assert_eq!(judge_change(all[2], &config), Verdict::Allowed);
    }
}
