//! A forge in the tests: real repositories behind `git http-backend`, over HTTP or TLS, with a login.
//!
//! Speaks as much HTTP as git needs, one connection a request. Can misbehave on purpose.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

/// A forge that runs until the test ends.
pub struct Forge {
    folder: TempDir,
    address: SocketAddr,
    certificate: Option<String>,
    shared: Arc<Shared>,
}

/// How a forge behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// It takes requests and never answers.
    Silent,
    /// It breaks off packs after so many bytes.
    Breaking(usize),
    /// It sends everybody to another address.
    Moved(String),
}

struct Shared {
    root: PathBuf,
    login: Option<String>,
    mood: Mutex<Mood>,
    /// Connections that are kept open without an answer.
    kept: Mutex<Vec<TcpStream>>,
    /// What was asked for, as `METHOD path`.
    asked: Mutex<Vec<String>>,
    tls: Option<Arc<ServerConfig>>,
}

impl Forge {
    /// A forge over plain HTTP. `login` is `user:password`; without one it is public.
    pub fn plain(login: Option<&str>) -> Self {
        Self::start(login, None)
    }

    /// A forge over TLS with a certificate that nobody knows.
    pub fn tls(login: Option<&str>) -> Self {
        let made =
            rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate can be made");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("the certificate fits its key");
        Self::start(login, Some((Arc::new(config), made.cert.pem())))
    }

    fn start(login: Option<&str>, tls: Option<(Arc<ServerConfig>, String)>) -> Self {
        use base64::Engine as _;

        let folder = TempDir::new().expect("a temporary folder can be made");
        let root = folder.path().to_owned();
        git(&root, &["init", "-q", "--bare", "-b", "main", "billing.git"]);
        git(&root.join("billing.git"), &["config", "http.receivepack", "true"]);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
        let address = listener.local_addr().expect("it has an address");
        let login =
            login.map(|login| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(login)));
        let (tls, certificate) = tls.map_or((None, None), |(config, pem)| (Some(config), Some(pem)));
        let (mood, kept, asked) = (Mutex::new(Mood::Well), Mutex::default(), Mutex::default());
        let shared = Arc::new(Shared { root, login, mood, kept, asked, tls });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        Self { folder, address, certificate, shared }
    }

    /// The address of its repository.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/billing.git", self.address)
    }

    /// Its certificate, in PEM.
    pub fn certificate(&self) -> &str {
        self.certificate.as_deref().expect("it has one")
    }

    /// The folder of its repository.
    pub fn repository(&self) -> PathBuf {
        self.folder.path().join("billing.git")
    }

    /// Takes over what a local repository has on a branch, by force.
    pub fn take(&self, from: &Path, branch: &str) {
        let to = self.repository();
        git(from, &["push", "-q", "--force", &to.display().to_string(), branch]);
    }

    /// Behaves in another way from now on.
    pub fn behave(&self, mood: Mood) {
        *self.shared.mood.lock().expect("nobody panics with it") = mood;
    }

    /// What was asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().expect("nobody panics with it").clone()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        let mood = self.mood.lock().expect("nobody panics with it").clone();
        if mood == Mood::Silent {
            self.kept.lock().expect("nobody panics with it").push(stream);
            return;
        }
        // A client that goes away in the middle is its own business.
        let _ = match &self.tls {
            None => self.answer(stream, &mood),
            Some(config) => ServerConnection::new(Arc::clone(config))
                .map_err(io::Error::other)
                .and_then(|connection| self.answer(StreamOwned::new(connection, stream), &mood)),
        };
    }

    fn answer(&self, mut stream: impl Read + Write, mood: &Mood) -> io::Result<()> {
        let request = Request::read(&mut BufReader::new(&mut stream))?;
        self.asked
            .lock()
            .expect("nobody panics with it")
            .push(format!("{} {}", request.method, request.path));
        let answer = match mood {
            Mood::Moved(to) => {
                format!("HTTP/1.1 301 Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
            }
            _ if self.login.is_some() && request.header("authorization") != self.login.as_deref() => {
                b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n".to_vec()
            }
            Mood::Well | Mood::Silent | Mood::Breaking(_) => self.backend(&request)?,
        };
        let length = match mood {
            Mood::Breaking(length) if request.method == "POST" => answer.len().min(*length),
            Mood::Well | Mood::Silent | Mood::Breaking(_) | Mood::Moved(_) => answer.len(),
        };
        stream.write_all(&answer[..length])?;
        stream.flush()
    }

    /// What git's own program answers.
    fn backend(&self, request: &Request) -> io::Result<Vec<u8>> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let mut child = Command::new("git")
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REQUEST_METHOD", &request.method)
            .env("PATH_INFO", path)
            .env("QUERY_STRING", query)
            .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
            .env("CONTENT_LENGTH", request.body.len().to_string())
            .env("REMOTE_USER", "story")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        child.stdin.take().expect("it is piped").write_all(&request.body)?;
        let output = child.wait_with_output()?.stdout;
        let end = output.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
        let (head, body) = (String::from_utf8_lossy(&output[..end]), &output[(end + 4).min(output.len())..]);
        let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\n{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        Ok([head.as_bytes(), body].concat())
    }
}

struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &mut impl BufRead) -> io::Result<Self> {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let mut words = line.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Self { method, path, headers, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body = vec![0; length];
        stream.read_exact(&mut request.body)?;
        Ok(request)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Runs git in a folder, with nobody's settings.
pub fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git can be run");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An SSH server of the tests: the real one, started for each connection, with keys of its own.
pub struct Shell {
    folder: TempDir,
    port: u16,
    user: String,
}

impl Shell {
    /// Starts it; `None` with a word where no server is installed.
    pub fn start() -> Option<Self> {
        let Some(program) = ["/usr/sbin/sshd", "/usr/bin/sshd"].iter().find(|path| Path::new(path).exists())
        else {
            crate::required::missing("sshd");
            return None;
        };
        let folder = TempDir::new().expect("a temporary folder can be made");
        let path = |name: &str| folder.path().join(name);
        for name in ["host", "user", "stranger"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(path(name))
                .status();
            assert!(made.expect("ssh-keygen can be run").success());
        }
        // The folder the server drops its rights into, where it runs as root.
        let _ = fs::create_dir_all("/run/sshd");
        fs::copy(path("user.pub"), path("authorized_keys")).expect("it can be copied");
        let config = format!(
            "HostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n",
            path("host").display(),
            path("authorized_keys").display(),
        );
        fs::write(path("sshd_config"), config).expect("it can be written");
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
        let port = listener.local_addr().expect("it has an address").port();
        let (program, config) = ((*program).to_owned(), path("sshd_config"));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (Ok(input), output) = (stream.try_clone(), stream) else { continue };
                let mut command = Command::new(&program);
                command.arg("-i").arg("-e").arg("-f").arg(&config).stderr(Stdio::null());
                command.stdin(std::os::fd::OwnedFd::from(input)).stdout(std::os::fd::OwnedFd::from(output));
                std::thread::spawn(move || command.status());
            }
        });
        let who = Command::new("id").arg("-un").output().expect("id can be run").stdout;
        let user = String::from_utf8(who).expect("a name is UTF-8").trim().to_owned();
        let shell = Self { folder, port, user };
        shell.know("host");
        Some(shell)
    }

    /// Writes the list of known hosts, with one of the keys as that of this host.
    pub fn know(&self, key: &str) {
        let key = fs::read_to_string(self.path(&format!("{key}.pub"))).expect("the key is there");
        let known = format!("[127.0.0.1]:{} {key}", self.port);
        fs::write(self.path("known_hosts"), known).expect("it can be written");
    }

    /// The address of a repository on this machine, through the server.
    pub fn url(&self, repository: &Path) -> String {
        format!("ssh://{}@127.0.0.1:{}{}", self.user, self.port, repository.display())
    }

    /// A file of the server: `user` and `stranger` are private keys, `known_hosts` the list.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
