#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    blindsight_decoders::run("compute_party", bytes);
});
