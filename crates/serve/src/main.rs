//! The `gatepost-serve` command, which is `gatepost serve` as a program of its own: the only file of an image.

fn main() -> std::process::ExitCode {
    gatepost_serve::main()
}
