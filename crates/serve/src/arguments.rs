//! The arguments of `gatepost serve`, with their help.

use clap::{Args, Parser};

use crate::{listener::Address, peer::Proxy};

/// The arguments of `gatepost-serve`.
#[derive(Parser)]
#[command(name = "gatepost-serve", version, about = "Serve all endpoints in one process", long_about = ABOUT, max_term_width = 100, after_help = after())]
pub struct Arguments {
    /// The options, which `gatepost serve` has as well.
    #[command(flatten)]
    pub serve: Serve,
}

/// The help of `gatepost serve`.
pub const ABOUT: &str = "\
Serve all endpoints in one process, for containers and machines.

Reads `gatepost.toml` in the current directory, or the file that GATEPOST_CONFIG names, and the variables of its environment. Each \
option has a variable too: GATEPOST_SERVE_MAX_CONNECTIONS is `--max-connections`. Options win. Prints every problem of the \
configuration before it listens. Writes a JSON line for each request to standard error. Adds no tables: run `gatepost migrate` first.

Answers /healthz (the process lives) and /readyz (the database answers, and the process is not about to end) to every client. On \
SIGTERM or SIGINT it accepts nothing more, finishes requests and the mails and telemetry that they left, and ends; a second signal \
ends it at once.";

/// Returns the end of the help of `gatepost-serve`.
fn after() -> String {
    AFTER.replace("cargo gatepost serve", "gatepost-serve")
}

/// The end of the help of `gatepost serve`.
pub const AFTER: &str = "\
Exit status:
  0  The service ran until a signal, and finished all work. With --probe: it is ready.
  1  The service had to cut work that took longer than --grace. With --probe: it is not ready.
  2  The service could not start: every problem is printed with its fix.

Examples:
  cargo gatepost serve
      Listen on port 3000 of every address.
  cargo gatepost serve --listen 127.0.0.1:3000 --trust-proxy 127.0.0.1
      Serve behind a proxy on this machine, which names clients in X-Forwarded-For.
  cargo gatepost serve --listen unix:/run/gatepost/socket --trust-proxy unix
      Serve behind a proxy by a UNIX socket.
  cargo gatepost serve --probe
      Ask the service of the same options whether it is ready, as the health check of a container.";

/// The options of `gatepost serve`. An option that is absent has the value of its variable, or else the default.
#[derive(Debug, Default, Args)]
pub struct Serve {
    /// Addresses to listen on, separated by commas: an address with a port, or `unix:` with the path of a socket
    /// [default: port 3000 of every address, or the port that PORT names].
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub listen: Vec<Address>,
    /// Addresses and networks of the proxies in front, separated by commas; `unix` means all that may use the UNIX socket. Headers
    /// such as X-Forwarded-For count only from them. Networks of `advanced.ip_address.trusted_proxies` count as well.
    #[arg(long, value_name = "CIDR", value_delimiter = ',')]
    pub trust_proxy: Vec<Proxy>,
    /// Seconds for running requests, mails and telemetry after a signal [default: 25].
    #[arg(long, value_name = "SECONDS")]
    pub grace: Option<u16>,
    /// Seconds after a signal for which the service still accepts while /readyz says 503, for load balancers that ask
    /// [default: 0].
    #[arg(long, value_name = "SECONDS")]
    pub drain: Option<u16>,
    /// Threads that answer requests [default: the number of processors].
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Connections at once; more wait until one ends [default: 4096].
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: Option<u32>,
    /// Bytes of a request's first line and headers; more are a 431 [default: 32768].
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(8_192..=1_048_576))]
    pub max_header_bytes: Option<u32>,
    /// Bytes of a request's body; more are a 413 [default: 1048576].
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1_024..=4_718_592))]
    pub max_body_bytes: Option<u32>,
    /// Seconds within which a request's headers must arrive [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    pub header_timeout: Option<u16>,
    /// Seconds for which a connection may wait for its next request [default: 75].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    pub idle_timeout: Option<u16>,
    /// Seconds without a byte that the client takes of an answer [default: 10].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..))]
    pub write_timeout: Option<u16>,
    /// Serve nothing: ask the service that listens on the first address whether it is ready.
    #[arg(long)]
    pub probe: bool,
}
