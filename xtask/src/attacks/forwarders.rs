//! What may stand before a server: nginx, haproxy, stunnel and socat, as people run them.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::free;
use crate::command::{run, works};
use crate::debian;

/// Nobody waits longer for a start.
const PATIENCE: Duration = Duration::from_secs(30);

/// What each program is started by, and the package that it is in.
const PROGRAMS: [(&str, &str, &str); 5] = [
    ("nginx", "-v", "nginx"),
    ("haproxy", "-v", "haproxy"),
    ("stunnel4", "-version", "stunnel4"),
    ("socat", "-V", "socat"),
    ("openssl", "version", "openssl"),
];

/// The way to a server by one of them.
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) port: u16,
    /// What it puts before each path.
    pub(super) below: &'static str,
}

/// All of them, until they are dropped.
pub(super) struct Forwarders {
    children: Vec<Child>,
    pub(super) ways: Vec<Way>,
    /// Two ways to nginx from other addresses of this machine than its first.
    pub(super) from: [(&'static str, u16); 2],
}

impl Forwarders {
    /// Brings the programs.
    pub(super) fn install() -> Result<()> {
        let missing = |(program, argument, package): &(&str, &str, &'static str)| {
            (!works(Command::new(program).arg(argument))).then_some(*package)
        };
        let missing: Vec<&str> = PROGRAMS.iter().filter_map(missing).collect();
        if !missing.is_empty() {
            let purpose = format!("no {}, which stands before servers", missing.join(", "));
            debian::install(&missing, &purpose)?;
        }
        Ok(())
    }

    /// Starts them before a port. `documented` is the block of nginx that the documentation has.
    pub(super) fn start(space: &Path, to: u16, documented: &str) -> Result<Self> {
        let [plain, host, told, below, http, tcp, named, inner, tls, relay, one, other] =
            free::ports()?;
        let server = |port: u16, lines: &str| {
            format!(
                "server {{ listen {port}; location / {{ proxy_pass http://127.0.0.1:{to}; {lines} }} }}\n"
            )
        };
        let forwarded = "proxy_set_header Host $http_host; \
                         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; \
                         proxy_set_header X-Forwarded-Proto $scheme;";
        let documented = documented.replace("127.0.0.1:1337", &format!("127.0.0.1:{to}"));
        let folder = space.display();
        let mut nginx = format!(
            "user root;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n\
             events {{ }}\nhttp {{\naccess_log off;\n"
        );
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            nginx += &format!("{kind}_temp_path {folder}/nginx-{kind};\n");
        }
        nginx += &server(plain, "");
        nginx += &server(host, "proxy_set_header Host $http_host;");
        nginx += &server(told, forwarded);
        nginx += &format!("server {{ listen {below};\n{documented}\n}}\n}}\n");
        let haproxy = format!(
            "defaults\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n\
             listen http\n mode http\n bind *:{http}\n server judder 127.0.0.1:{to}\n\
             listen named\n mode http\n bind *:{named}\n option forwardfor\n server judder 127.0.0.1:{to}\n\
             listen tcp\n mode tcp\n bind *:{tcp}\n server judder 127.0.0.1:{to}\n"
        );
        let stunnel = format!(
            "foreground = yes\npid =\n[in]\naccept = {inner}\nconnect = 127.0.0.1:{to}\ncert = {folder}/cert.pem\n\
             [out]\nclient = yes\naccept = {tls}\nconnect = 127.0.0.1:{inner}\n"
        );
        let write = |name: &str, text: &str| -> Result<String> {
            let path = space.join(name);
            fs::write(&path, text)?;
            Ok(path.display().to_string())
        };
        let (nginx, haproxy) = (write("nginx.conf", &nginx)?, write("haproxy.cfg", &haproxy)?);
        let stunnel = write("stunnel.conf", &stunnel)?;
        let certificate = space.join("cert.pem");
        let mut make = Command::new("openssl");
        make.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch"]);
        make.args(["-subj", "/CN=localhost", "-keyout"]).arg(&certificate);
        let made = make.arg("-out").arg(space.join("public.pem")).stderr(Stdio::null()).output()?;
        ensure!(made.status.success(), "openssl makes no certificate");
        let public = fs::read_to_string(space.join("public.pem"))?;
        fs::write(&certificate, fs::read_to_string(&certificate)? + &public)?;
        run(Command::new("nginx").args(["-t", "-q", "-c", &nginx]))?;
        let (told_at, to) = (format!("TCP:127.0.0.1:{told}"), format!("TCP:127.0.0.1:{to}"));
        let listening = |port: u16| format!("TCP-LISTEN:{port},fork,reuseaddr");
        let bound = |address: &str| format!("{told_at},bind={address}");
        let from = [("127.0.0.8", one), ("127.0.0.9", other)];
        let all: [&[&str]; 6] = [
            &["nginx", "-c", &nginx, "-g", "daemon off;"],
            &["haproxy", "-db", "-f", &haproxy],
            &["stunnel4", &stunnel],
            &["socat", &listening(relay), &to],
            &["socat", &listening(one), &bound(from[0].0)],
            &["socat", &listening(other), &bound(from[1].0)],
        ];
        let way = |name, port| Way { name, port, below: "" };
        let ways = vec![
            way("nginx, plain", plain),
            way("nginx, with Host", host),
            way("nginx, forwarded", told),
            Way { name: "nginx, as documented", port: below, below: "/judder" },
            way("haproxy, http", http),
            way("haproxy, forwardfor", named),
            way("haproxy, tcp", tcp),
            way("stunnel", tls),
            way("socat", relay),
        ];
        let mut forwarders = Self { children: Vec::new(), ways, from };
        for words in all {
            forwarders.children.push(begin(space, words)?);
        }
        let ports: Vec<u16> = forwarders.ways.iter().map(|way| way.port).collect();
        for port in ports.into_iter().chain(from.map(|(_, port)| port)) {
            forwarders.wait(port)?;
        }
        Ok(forwarders)
    }

    fn wait(&mut self, port: u16) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_err() {
            for child in &mut self.children {
                ensure!(child.try_wait()?.is_none(), "a forwarder ended; see target/attacks/*.log");
            }
            if Instant::now() > until {
                bail!("nothing listens on port {port}; see target/attacks/*.log");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Forwarders {
    fn drop(&mut self) {
        for child in &mut self.children {
            // By the signal that has them end their own children.
            let _ = works(Command::new("kill").args(["-TERM", &child.id().to_string()]));
            let until = Instant::now() + Duration::from_secs(5);
            while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
                thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn begin(space: &Path, words: &[&str]) -> Result<Child> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(space.join(format!("{}-said.log", words[0])))?;
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| words.join(" "))
}
