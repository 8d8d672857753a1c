//! A receiver of webhooks on a real socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A request: its head in small letters, and its body.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Answers requests with these answers in turn, the last one for ever; an empty one is none, for ever.
pub(crate) fn receive(answers: &[&str]) -> (SocketAddr, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
    let (send, requests) = channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        for at in 0.. {
            let mut stream = listener.accept().unwrap().0;
            let Some(request) = read(&mut stream) else { continue };
            let answer = &answers[at.min(answers.len() - 1)];
            if answer.is_empty() {
                held.push(stream);
            } else {
                let rest = "Content-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = write!(stream, "HTTP/1.1 {answer}\r\n{rest}");
            }
            if send.send(request).is_err() {
                return;
            }
        }
    });
    (address, requests)
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => match line.split_once(": ") {
                Some((name, value)) => head.push(format!("{}: {value}", name.to_lowercase())),
                None => head.push(line.to_owned()),
            },
        }
    }
    let mut request = Request { head, body: Vec::new() };
    let length: usize = request.header("content-length")?.parse().ok()?;
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
