//! `mailspec completions`

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Failure, Output};
use crate::check::exit::Exit;

/// Print what makes a shell complete the arguments
#[derive(Debug, Args)]
#[command(long_about = "\
Print what makes a shell complete the arguments of mailspec.

  bash   mailspec completions bash > ~/.local/share/bash-completion/completions/mailspec
  zsh    mailspec completions zsh > DIR/_mailspec, where DIR is one of $fpath
  fish   mailspec completions fish > ~/.config/fish/completions/mailspec.fish")]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(&self, output: &mut Output) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut super::Arguments::command(), "mailspec", &mut script);
        output.line(String::from_utf8_lossy(&script).trim_end());
        Ok(Exit::Expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_learns_every_subcommand() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut script = Vec::new();
            generate(shell, &mut super::super::Arguments::command(), "mailspec", &mut script);
            let script = String::from_utf8(script).unwrap();
            for command in super::super::Arguments::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
            assert!(script.contains("write-waivers"), "{shell}");
        }
    }
}
