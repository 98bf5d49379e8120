//! The Dovecot configuration of a test.

use std::path::Path;

/// Where everything listens.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub imap: u16,
    pub imaps: u16,
    pub submission: u16,
    pub submissions: u16,
    pub sink: u16,
}

/// The one password of every user; any user name exists.
pub const PASSWORD: &str = "correct-password-canary";

/// Dovecot 2.3: IMAP and submission in one unprivileged process tree, every path below `folder`.
pub fn configuration(folder: &Path, ports: Ports, user: &str, group: &str) -> String {
    let folder = folder.display();
    let Ports { imap, imaps, submission, submissions, sink } = ports;
    format!(
        r#"
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
login_greeting = ready for {folder}
protocols = imap submission
listen = 127.0.0.1, 127.0.0.2
hostname = localhost
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
mail_fsync = never
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 100
submission_relay_host = 127.0.0.1
submission_relay_port = {sink}
submission_relay_trusted = yes
submission_max_mail_size = 60M
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
  inet_listener submissions {{
    port = {submissions}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"#
    )
}
