//! Guesses from the address of a database, before connecting, whether a pooler answers there and in which region it is. Pure
//! decisions about the names that providers use.

/// Returns why a pooler is expected at this address, or `None` if the address looks direct.
pub(super) fn pooler(host: &str, port: u16) -> Option<String> {
    let labels = || host.split(['.', ',']);
    if labels().any(|label| label == "pooler" || label.ends_with("-pooler") || label.contains("pgbouncer")) {
        return Some("its name says so".to_owned());
    }
    matches!(port, 6432 | 6543).then(|| format!("port {port}"))
}

/// The platform's regions and the AWS regions in which they are (vercel.com/docs/regions).
const REGIONS: [(&str, &str); 19] = [
    ("arn1", "eu-north-1"),
    ("bom1", "ap-south-1"),
    ("cdg1", "eu-west-3"),
    ("cle1", "us-east-2"),
    ("cpt1", "af-south-1"),
    ("dub1", "eu-west-1"),
    ("dxb1", "me-central-1"),
    ("fra1", "eu-central-1"),
    ("gru1", "sa-east-1"),
    ("hkg1", "ap-east-1"),
    ("hnd1", "ap-northeast-1"),
    ("iad1", "us-east-1"),
    ("icn1", "ap-northeast-2"),
    ("kix1", "ap-northeast-3"),
    ("lhr1", "eu-west-2"),
    ("pdx1", "us-west-2"),
    ("sfo1", "us-west-1"),
    ("sin1", "ap-southeast-1"),
    ("syd1", "ap-southeast-2"),
];

/// Finds the region in a host name, for example `eu-central-1`.
pub(super) fn region(host: &str) -> Option<&'static str> {
    let is_bounded = |at: usize, name: &str| {
        let (before, after) = (host.get(..at), host.get(at + name.len()..));
        let ends =
            |text: Option<&str>, letter: Option<char>| text.is_some() && letter.is_none_or(|it| it == '-' || it == '.');
        ends(before, before.and_then(|text| text.chars().next_back()))
            && ends(after, after.and_then(|text| text.chars().next()))
    };
    REGIONS.iter().map(|(_, name)| *name).find(|name| host.match_indices(name).any(|(at, found)| is_bounded(at, found)))
}

/// Translates a region of functions (`fra1`) into the name that providers of databases use.
pub(super) fn region_of_functions(name: &str) -> Option<&'static str> {
    REGIONS.iter().find(|(vercel, _)| *vercel == name).map(|(_, region)| *region)
}

/// Translates a region of a database (`eu-central-1`) into the platform's name.
pub(super) fn functions_in(region: &str) -> Option<&'static str> {
    REGIONS.iter().find(|(_, name)| *name == region).map(|(vercel, _)| *vercel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poolers_and_regions_are_told_by_name_and_port() {
        for (host, port, pooled, expected) in [
            ("ep-cool-1-pooler.us-east-2.aws.neon.tech", 5432, true, Some("us-east-2")),
            ("ep-cool-1.us-east-2.aws.neon.tech", 5432, false, Some("us-east-2")),
            ("aws-0-eu-central-1.pooler.supabase.com", 6543, true, Some("eu-central-1")),
            ("aws-0-eu-central-1.pooler.supabase.com", 5432, true, Some("eu-central-1")),
            ("db.abcdef.supabase.co", 5432, false, None),
            ("x.abc.ap-northeast-1.rds.amazonaws.com", 5432, false, Some("ap-northeast-1")),
            ("x.abc.ap-northeast-12.example.com", 5432, false, None),
            ("localhost", 6432, true, None),
            ("pgbouncer.internal", 5432, true, None),
            ("poolers.example.com", 5432, false, None),
        ] {
            assert_eq!((pooler(host, port).is_some(), region(host)), (pooled, expected), "{host}:{port}");
        }
        assert_eq!((region_of_functions("fra1"), functions_in("eu-central-1")), (Some("eu-central-1"), Some("fra1")));
        assert_eq!((region_of_functions("xxx1"), functions_in("moon-1")), (None, None));
    }
}
