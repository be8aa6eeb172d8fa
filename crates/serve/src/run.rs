//! The life of the process: it reads everything, listens, serves until a signal, and ends when its work is done.

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use gatepost_core::{
    Config,
    config::{Problems, Variables},
    mail::template::Templates,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};

use crate::{
    arguments::Serve,
    deployment, edge,
    listener::{Address, Listener},
    options::Options,
    peer::Proxies,
    probe,
    probes::Probes,
    server::{self, Service},
    work::{Stage, Work},
};

/// The files that the process opens besides one for each connection: connections to the database and to providers, and others.
const OTHER_FILES: u64 = 256;

/// The reason why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Options, variables or `gatepost.toml` are wrong.
    #[error(transparent)]
    Config(#[from] Problems),
    /// An address cannot be used, for example because another process listens on it.
    #[error(
        "cannot listen on {address}: {source}; choose another address with --listen, or end the process that listens there"
    )]
    Listen {
        /// The address.
        address: Address,
        /// The cause.
        source: io::Error,
    },
    /// Another error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Serves the deployment of `folder` until a signal. With `--probe`, asks the service instead.
///
/// # Errors
/// If the service cannot start, with all problems and their fixes.
pub fn run(folder: &Path, asked: &Serve, variables: Variables) -> Result<ExitCode, Error> {
    let options = Options::read(asked, &variables);
    if asked.probe {
        return Ok(probed(&options?));
    }
    let configuration = deployment::configuration(folder, &variables);
    let (options, (config, templates)) = match (options, configuration) {
        (Ok(options), Ok(configuration)) => (options, configuration),
        (options, configuration) => {
            let problems = [options.err(), configuration.err()].into_iter().flatten().flat_map(|problems| problems.0);
            return Err(Problems(problems.collect()).into());
        }
    };
    let service = service(&options, config, templates)?;
    allow_files(options.bounds.connections);
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = options.threads {
        builder.worker_threads(threads);
    }
    let runtime = builder.enable_all().build()?;
    let status = runtime.block_on(until_a_signal(&options, service));
    // A password hash that no request waits for any more must not hold up the end.
    runtime.shutdown_background();
    status
}

fn probed(options: &Options) -> ExitCode {
    let is_ready = options.listen.first().is_some_and(|address| probe::is_ready(address).unwrap_or(false));
    if is_ready { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn service(options: &Options, mut config: Config, templates: Templates) -> Result<Arc<Service>, Error> {
    let addresses = &mut config.advanced.ip_address;
    let proxies = Proxies::new(&options.proxies, &addresses.trusted_proxies);
    addresses.trusted_proxies = proxies.networks().to_vec();
    let auth = deployment::auth(config, templates)?;
    let [a, b, c, d, ..] = edge::seed()?;
    Ok(Arc::new(Service {
        proxies: Some(proxies),
        probes: Some(Probes::default()),
        bounds: options.bounds,
        work: Work::new(options.bounds.connections),
        instance: format!("{:08x}", u32::from_be_bytes([a, b, c, d])),
        has_warned: AtomicBool::new(false),
        ..Service::local(auth, log)
    }))
}

/// Raises the limit for open files as far as it may be raised for so many connections. If that is too little, some of them wait.
pub fn allow_files(connections: u32) {
    let limit = getrlimit(Resource::Nofile);
    let needed = u64::from(connections).saturating_add(OTHER_FILES);
    if limit.current.is_some_and(|current| current < needed) {
        let current = Some(limit.maximum.map_or(needed, |maximum| needed.min(maximum)));
        // A refusal leaves the limit as it is.
        let _ = setrlimit(Resource::Nofile, Rlimit { current, maximum: limit.maximum });
    }
}

/// Listens and serves until a signal, then until all work is done.
async fn until_a_signal(options: &Options, service: Arc<Service>) -> Result<ExitCode, Error> {
    let mut signals = Signals::new()?;
    let mut listeners = Vec::new();
    for address in &options.listen {
        let bound = Listener::bind(address).await;
        listeners.push(bound.map_err(|source| Error::Listen { address: address.clone(), source })?);
    }
    service.auth.notices().for_each(|line| log(&line));
    warn_of_nameless_clients(options, &service);
    let mut accepting = Vec::new();
    for listener in listeners {
        let address = listener.address()?.to_string();
        accepting.push(tokio::spawn(server::serve(listener, service.clone())));
        log(&json!({ "level": "info", "serve": "listening", "address": address }).to_string());
    }
    signals.next().await;
    let ended = tokio::select! {
        is_done = end(options, &service, accepting) => is_done,
        () = signals.next() => false,
    };
    let (connections, tasks) = service.work.counts();
    if ended {
        log(r#"{"level":"info","serve":"ended"}"#);
        return Ok(ExitCode::SUCCESS);
    }
    log(&json!({ "level": "error", "serve": "cut", "connections": connections, "tasks": tasks }).to_string());
    Ok(ExitCode::FAILURE)
}

/// Ends the work in order: first the listeners, then connections, then the rest. Returns whether all of it was done in time.
async fn end(options: &Options, service: &Service, accepting: Vec<JoinHandle<()>>) -> bool {
    service.work.enter(Stage::Draining);
    log(r#"{"level":"info","serve":"ending"}"#);
    tokio::time::sleep(options.drain).await;
    service.work.enter(Stage::Stopping);
    let done = async {
        for listener in accepting {
            // A panic has closed it too.
            let _ = listener.await;
        }
        service.work.finished().await;
    };
    let is_done = tokio::time::timeout(options.grace, done).await.is_ok();
    service.auth.pool.close_idle();
    is_done
}

fn warn_of_nameless_clients(options: &Options, service: &Service) {
    const WARNING: &str = "clients of a UNIX socket have no address, so that all of them share one rate limit; if a proxy uses the \
                           socket, add --trust-proxy unix";
    let has_socket = options.listen.iter().any(|address| matches!(address, Address::Unix(_)));
    if has_socket && !service.proxies.as_ref().is_some_and(Proxies::has_socket) {
        log(&json!({ "level": "warn", "serve": "clients", "warning": WARNING }).to_string());
    }
}

/// The signals that end the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for one of them.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Writes a line with one system call, so that lines of different threads do not mix.
fn log(line: &str) {
    // If it fails, there is nowhere to report that.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
