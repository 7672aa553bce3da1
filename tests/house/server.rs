//! A server in a process of its own.

use super::{Client, Scratch, command};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// Killed when dropped, if it was not stopped before.
pub struct Server {
    child: Child,
    /// Kept open: who prints to a closed pipe is told so.
    out: BufReader<ChildStdout>,
    log: PathBuf,
    pub url: String,
}

impl Server {
    /// `melonmap serve` on the scratch's store, ready to answer.
    pub fn start(scratch: &Scratch) -> Server {
        Server::with(scratch, &[])
    }

    /// The same with more flags.
    pub fn with(scratch: &Scratch, flags: &[&str]) -> Server {
        let mut command = command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(scratch.store()).args(flags);
        command.env("MELONMAP_LOG", "trace");
        // A test asks as fast as it can; those of the limits set their own.
        command.envs([("MELONMAP_ADDRESS_RATE", "0"), ("MELONMAP_TOKEN_RATE", "0")]);
        Server::run(command, &scratch.path("server.log"))
    }

    /// Any command that prints where it serves.
    pub fn run(mut command: Command, log: &Path) -> Server {
        let stderr = File::create(log).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let url = loop {
            line.clear();
            if out.read_line(&mut line).unwrap() == 0 {
                let status = child.wait().unwrap();
                panic!("the server ended with {status}: {}", fs::read_to_string(log).unwrap());
            }
            let begins = ["http://", "https://"].into_iter().find_map(|scheme| line.find(scheme));
            if let Some(begins) = begins {
                break line[begins..].trim().trim_end_matches('/').to_owned();
            }
        };
        Server { child, out, log: log.to_owned(), url }
    }

    /// Somebody with this token, or nobody in particular.
    pub fn client(&self, token: Option<&str>) -> Client {
        Client::new(&self.url, token)
    }

    /// What follows these words on the first line that the server still prints with them.
    pub fn said(&mut self, words: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "the server says nothing with '{words}'");
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }

    /// What the server has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it ever held, kB.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// SIGTERM, without waiting.
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for the end.
    pub fn ended(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Told to stop, and stopped without a fault.
    #[track_caller]
    pub fn stop(self) {
        self.tell_to_stop();
        assert_eq!(self.ended().code(), Some(0));
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Has ended already where a test has seen to that.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
