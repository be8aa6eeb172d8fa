#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    gatepost_fuzz::passkeys(input);
});
