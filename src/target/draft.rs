//! A profile as a starting point, with what was found out about the server as comments.

use std::fmt::Write;

use super::{Address, Reach, Service, Target};

/// What a profile that is written for somebody tells beside the target itself.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    /// What is put above everything, line by line.
    pub head: Vec<String>,
    /// What is told of IMAP.
    pub imap: Vec<String>,
    /// What is told of POP3.
    pub pop3: Vec<String>,
    /// Why certificates are not verified.
    pub tls: Option<String>,
    /// What is known of the delivery of mail.
    pub delivery: Vec<String>,
    /// Whether the delivery can be left as it is.
    pub delivers: bool,
    /// What is known of the limit of connections.
    pub limits: Vec<String>,
}

impl Target {
    /// A profile of a target in the network whose mail comes by IMAP APPEND, ready to be changed. It holds the passwords.
    #[must_use]
    pub fn profile(&self, remarks: &Remarks) -> String {
        let mut text = String::new();
        comment(&mut text, &remarks.head);
        if let Some(name) = &self.name {
            let _ = writeln!(text, "name: {}", quoted(name));
        }
        if let Reach::Network(listeners) = &self.reach {
            for (service, address) in listeners.iter() {
                let upgraded = !service.is_tls() && self.upgrade.wanted(service.protocol());
                listener(&mut text, service, address, upgraded);
            }
        }
        comment(&mut text, &remarks.imap);
        comment(&mut text, &remarks.pop3);
        text.push('\n');
        if !self.tls.verify {
            comment(&mut text, remarks.tls.as_slice());
            text += "# With a certificate authority of your own: tls: { ca: ca.pem, server-name: mail.example.org }\n";
            text += "tls: { verify: false }\n\n";
        }
        text += "# For testing only: what they hold is removed. Four make a run much shorter than one, and some scenarios need two.\n";
        text += "accounts:\n";
        for account in &self.accounts {
            let (user, password) = (quoted(&account.user), quoted(account.password.reveal()));
            let _ = writeln!(text, "  - {{ user: {user}, password: {password} }}");
        }
        text.push('\n');
        comment(&mut text, &remarks.delivery);
        text += if remarks.delivers {
            "delivery: { imap-append: {} }\n"
        } else {
            "# delivery: { imap-append: {} }\n"
        };
        text += "# delivery: { lmtp: { address: \"127.0.0.1:24\", domain: example.org } }\n";
        text +=
            "# delivery: { command: { run: [\"/usr/lib/dovecot/dovecot-lda\", \"-d\", \"{user}\"] } }\n\n";
        comment(&mut text, &remarks.limits);
        let _ = writeln!(text, "limits: {{ connections-per-account: {} }}\n", self.connections_per_account);
        text += "# With these, the scenarios run that restart the server and let it crash:\n";
        text += "# server:\n#   start: [systemctl, start, dovecot]\n#   stop: [systemctl, stop, dovecot]\n";
        text += "#   kill: [systemctl, kill, --signal=KILL, dovecot]\n";
        text
    }
}

fn listener(text: &mut String, service: Service, address: &Address, upgraded: bool) {
    let tls = if upgraded { ", tls: starttls" } else { "" };
    let _ = writeln!(text, "{service}: {{ address: {}{tls} }}", quoted(&address.to_string()));
}

/// Comment lines, whatever a server has put into them.
fn comment(text: &mut String, lines: &[String]) {
    for line in lines.iter().flat_map(|line| line.lines()) {
        let tame: String = line.chars().map(|c| if is_plain(c) { c } else { '?' }).collect();
        let _ = writeln!(text, "# {}", tame.trim_end());
    }
}

/// A YAML scalar in double quotes (YAML 1.2 section 7.3.1).
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if is_plain(c) => text.push(c),
            c => {
                let _ = write!(text, "\\U{:08X}", u32::from(c));
            }
        }
    }
    text + "\""
}

/// Can it stand in a line of YAML as it is, and be seen there?
fn is_plain(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::{Account, Listeners, TlsSettings, Upgrade};

    fn loaded(text: &str) -> Target {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.yaml");
        std::fs::write(&path, text).unwrap();
        Target::from_profile(&path).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    fn target(user: &str, password: &str) -> Target {
        let listeners = Listeners {
            imap: Some("[::1]:143".parse().unwrap()),
            pop3s: Some("mail.example.org:995".parse().unwrap()),
            ..Listeners::default()
        };
        Target {
            name: Some("Any \"server\" # 1".to_owned()),
            reach: Reach::Network(listeners),
            tls: TlsSettings { verify: false, ..TlsSettings::default() },
            upgrade: Upgrade { imap: true, pop3: false },
            accounts: vec![Account::new(user, password), Account::new("other", "x")],
            connections_per_account: 7,
            ..Target::bundled()
        }
    }

    proptest! {
        #[test]
        fn a_profile_says_what_the_target_is(user in "\\PC{1,12}", password in any::<String>(), told in any::<String>()) {
            prop_assume!(user != "other");
            let target = target(&user, &password);
            let told = vec![told];
            let remarks = Remarks { imap: told.clone(), delivery: told.clone(), head: told, ..Remarks::default() };
            let again = loaded(&target.profile(&remarks));
            prop_assert_eq!(format!("{again:?}"), format!("{target:?}"));
            prop_assert_eq!(again.accounts, target.accounts);
        }
    }
}
