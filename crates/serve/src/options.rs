//! The options of a run: arguments first, then variables, then defaults.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::{CommandFactory as _, Parser as _};
use gatepost_core::config::{Problems, Variables};

use crate::{
    arguments::{Arguments, Serve},
    listener::Address,
    peer::Proxy,
    server::Bounds,
};

/// The beginning of the variable of each option.
const PREFIX: &str = "GATEPOST_SERVE_";
/// The port if none is configured.
const PORT: u16 = 3000;

/// The options of a run.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) listen: Vec<Address>,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) grace: Duration,
    pub(crate) drain: Duration,
    pub(crate) threads: Option<usize>,
    pub(crate) bounds: Bounds,
}

impl Options {
    /// Reads the options.
    ///
    /// # Errors
    /// All problems of their variables.
    pub(crate) fn read(asked: &Serve, variables: &Variables) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let given = of_variables(variables, &mut problems);
        let port = match variables.get("PORT").map(str::parse) {
            Some(Ok(port)) => port,
            None => PORT,
            Some(Err(_)) => {
                problems.add("PORT", "it is not a port; set it to a number from 0 to 65535");
                PORT
            }
        };
        if !problems.0.is_empty() {
            return Err(problems);
        }
        let seconds = |asked: Option<u16>, given: Option<u16>, default: Duration| {
            asked.or(given).map_or(default, |seconds| Duration::from_secs(seconds.into()))
        };
        let defaults = Bounds::default();
        let bytes = |asked: Option<u32>, given: Option<u32>, default: usize| {
            asked.or(given).map_or(default, |bytes| usize::try_from(bytes).unwrap_or(default))
        };
        let listen = chosen(&asked.listen, &given.listen);
        Ok(Self {
            listen: if listen.is_empty() {
                vec![Address::Tcp(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))]
            } else {
                listen
            },
            proxies: chosen(&asked.trust_proxy, &given.trust_proxy),
            grace: seconds(asked.grace, given.grace, Duration::from_secs(25)),
            drain: seconds(asked.drain, given.drain, Duration::ZERO),
            threads: asked.threads.or(given.threads).map(usize::from),
            bounds: Bounds {
                connections: asked.max_connections.or(given.max_connections).unwrap_or(defaults.connections),
                header_bytes: bytes(asked.max_header_bytes, given.max_header_bytes, defaults.header_bytes),
                body_bytes: bytes(asked.max_body_bytes, given.max_body_bytes, defaults.body_bytes),
                header_time: seconds(asked.header_timeout, given.header_timeout, defaults.header_time),
                idle_time: seconds(asked.idle_timeout, given.idle_timeout, defaults.idle_time),
                write_time: seconds(asked.write_timeout, given.write_timeout, defaults.write_time),
            },
        })
    }
}

fn chosen<T: Clone>(asked: &[T], given: &[T]) -> Vec<T> {
    if asked.is_empty() { given.to_vec() } else { asked.to_vec() }
}

/// Reads the options that variables set, by the reader of arguments. An empty variable counts as absent.
fn of_variables(variables: &Variables, problems: &mut Problems) -> Serve {
    let command = Arguments::command();
    let names: Vec<_> = command
        .get_arguments()
        .filter(|argument| argument.get_action().takes_values())
        .filter_map(|argument| argument.get_long())
        .collect();
    let mut arguments = vec![command.get_name().to_owned()];
    for (variable, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
        let Some(option) = variable.strip_prefix(PREFIX) else { continue };
        let name = option.to_ascii_lowercase().replace('_', "-");
        if !names.contains(&name.as_str()) {
            problems.add(variable, "no option of `gatepost serve` has this name; see `gatepost serve --help`");
            continue;
        }
        let argument = format!("--{name}={value}");
        match Arguments::try_parse_from([arguments.first().cloned().unwrap_or_default(), argument.clone()]) {
            Ok(_) => arguments.push(argument),
            Err(error) => {
                let text = error.to_string();
                problems.add(variable, text.lines().next().unwrap_or_default().trim_start_matches("error: "));
            }
        }
    }
    Arguments::try_parse_from(arguments).map(|read| read.serve).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Options, Problems> {
        let asked = Arguments::try_parse_from([&["gatepost-serve"], arguments].concat()).unwrap().serve;
        let pairs = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Options::read(&asked, &pairs.collect())
    }

    #[test]
    fn an_option_wins_over_its_variable_which_wins_over_the_default() {
        let variables =
            [("GATEPOST_SERVE_GRACE", "7"), ("GATEPOST_SERVE_TRUST_PROXY", "10.0.0.0/8,unix"), ("PORT", "80")];
        let options = read(&["--grace", "3"], &variables).unwrap();
        assert_eq!((options.grace, options.proxies.len()), (Duration::from_secs(3), 2));
        assert_eq!(options.listen, ["0.0.0.0:80".parse().unwrap()]);
        let options = read(&[], &[("GATEPOST_SERVE_LISTEN", "[::1]:1,unix:/a"), ("PORT", "80")]).unwrap();
        assert_eq!(options.listen, ["[::1]:1".parse().unwrap(), "unix:/a".parse().unwrap()]);
        assert_eq!(options.bounds, Bounds::default());
    }

    #[test]
    fn every_wrong_variable_is_named_with_its_cause() {
        let variables = [
            ("GATEPOST_SERVE_GRACE", "soon"),
            ("GATEPOST_SERVE_LISTEN", "localhost"),
            ("GATEPOST_SERVE_MAX_HEADER_BYTES", "1"),
            ("GATEPOST_SERVE_PROBE", "1"),
            ("GATEPOST_SERVE_SPEED", "1"),
            ("GATEPOST_SERVE_DRAIN", ""),
            ("PORT", "many"),
        ];
        let problems = read(&[], &variables).unwrap_err().to_string();
        for (name, value) in variables.iter().filter(|(name, _)| !name.ends_with("DRAIN")) {
            assert!(problems.contains(name), "{name} {value}: {problems}");
        }
        assert!(!problems.contains("DRAIN") && problems.contains("write 0.0.0.0:3000"), "{problems}");
    }
}
