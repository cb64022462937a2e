//! A new file in a folder that is built into the program is noticed.

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=fixtures/mail");
}
