//! handler
fn main() {}
