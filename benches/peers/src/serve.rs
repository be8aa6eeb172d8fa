//! `gatepost serve` as a process of its own.

fn main() -> std::process::ExitCode {
    gatepost_serve::main()
}
