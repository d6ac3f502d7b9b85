//! What another program does in ConnectWise with the same keys, while ours runs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use super::World;

/// Sends a request as the program's own API member does; it lands at once.
pub fn land(world: &World, method: &str, path: &str, body: &str) -> Value {
    let authority = world.url().trim_start_matches("http://").to_owned();
    let request = format!(
        "{method} /v4_6_release/apis/3.0/{path} HTTP/1.1\r\nHost: {authority}\r\n\
         Authorization: Basic c3Rvcnkrc3Rvcnk6c3Rvcnk=\r\nclientId: story\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(&authority).expect("it listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    serde_json::from_str(body).unwrap_or(Value::Null)
}
