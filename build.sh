#!/usr/bin/env bash
# The platform's builder runs this before each function and then builds that function alone. The first run builds all of
# them at once, which halves the time; the later ones find nothing to do.
set -euo pipefail
PATH="${HOME:-/root}/.cargo/bin:$PATH"
# VERCEL_ENV is there on the platform and after `vercel pull`: an environment in which the functions could not start is not
# deployed. A build without one, as to try it, goes on.
if [ -n "${VERCEL_BUILD_IMAGE:-}" ]; then
  RUSTFLAGS="${RUSTFLAGS:-}" cargo build --release --quiet --package gatepost --bins
  # The function for all paths that are left can do it: `status`, or `all` where the functions are merged.
  function=status
  [ ! -e api/auth/all.rs ] || function=all
  [ -z "${VERCEL_ENV:-}" ] || exec "${CARGO_TARGET_DIR:-target}/release/$function" check-environment
# Elsewhere the builder compiles for another target, and would do it all twice.
elif [ -n "${VERCEL_ENV:-}" ]; then
  exec cargo gatepost check env
fi
