//! The command line as users see it: what is printed, and the exit codes.

#[test]
fn commands_print_what_they_should() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd").env("NO_COLOR", "1");
}
