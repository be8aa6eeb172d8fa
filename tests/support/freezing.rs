//! Instances that are frozen again and again with their connections open, while the server closes those.

use std::{thread, time::Duration};

use super::{instance::Instance, schema, server::Server, service::Service, wire::Wire};

/// How many instances are frozen at once.
pub const INSTANCES: usize = 20;

/// The result of a run.
pub struct Outcome {
    /// The first request of an instance after a thaw.
    pub asked: usize,
    /// How many of these were answered with the session.
    pub served: usize,
    /// Connections that were opened for them.
    pub connections: usize,
}

/// Freezes all instances for each of these times. Meanwhile the server ends every connection, every third time by restarting.
pub fn freeze(name: &str, times: &[Duration]) -> Outcome {
    let mut server = Server::with_schema(name, |_| {});
    let folder = tempfile::tempdir().unwrap();
    let config = schema::written(folder.path(), "[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n");
    let cookie = Service::new(&server.url()).user("ada@example.com");
    let wire = Wire::new(&server.url());
    let instances: Vec<_> = (0..INSTANCES).map(|_| Instance::start("get-session", &wire.url, &config)).collect();
    let read = || -> usize {
        thread::scope(|scope| {
            let reading: Vec<_> = instances.iter().map(|instance| scope.spawn(|| instance.session(&cookie))).collect();
            let answers = reading.into_iter().map(|reading| reading.join().unwrap());
            answers.filter(|answer| answer.status == 200 && answer.text().contains("ada@example.com")).count()
        })
    };
    assert_eq!(read(), INSTANCES);
    let before = wire.connections();
    let mut served = 0;
    for (round, time) in times.iter().enumerate() {
        instances.iter().for_each(Instance::freeze);
        if round % 3 == 2 {
            server.restart();
        } else {
            let others = "application_name = 'gatepost' and pid <> pg_backend_pid()";
            server.query(&format!("select pg_terminate_backend(pid) from pg_stat_activity where {others}"));
        }
        thread::sleep(*time);
        instances.iter().for_each(Instance::thaw);
        served += read();
    }
    Outcome { asked: times.len() * INSTANCES, served, connections: wire.connections() - before }
}
