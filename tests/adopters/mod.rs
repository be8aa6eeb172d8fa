//! The package for applications: `@gatepost/server`, which has better-auth's `auth.api` and `auth.handler` for their own server.

mod server_package;
