//! The client's side of PostgreSQL's protocol, as far as statements go.

/// A statement that a client sent.
pub struct Statement {
    pub sql: String,
    /// Whether the client gave it a name, under which it stays in the server.
    pub named: bool,
}

/// Reads one connection's bytes as they come.
#[derive(Default)]
pub struct Reader {
    buffer: Vec<u8>,
    started: bool,
}

impl Reader {
    /// The statements that have come to their end with these bytes.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Statement> {
        const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
        let mut statements = Vec::new();
        self.buffer.extend_from_slice(bytes);
        loop {
            // The first messages have no type: the question for TLS, then the start.
            let head = usize::from(self.started);
            let Some(length) = self.buffer.get(head..head + 4) else { return statements };
            let end = head + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            let Some(message) = self.buffer.get(..end) else { return statements };
            if self.started {
                statements.extend(statement(message[0], &message[5..]));
            } else {
                self.started = message[4..8] != TLS_REQUEST;
            }
            self.buffer.drain(..end);
        }
    }
}

fn statement(kind: u8, body: &[u8]) -> Option<Statement> {
    let mut texts = body.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned());
    match kind {
        b'Q' => Some(Statement { sql: texts.next()?, named: false }),
        b'P' => {
            let name = texts.next()?;
            Some(Statement { sql: texts.next()?, named: !name.is_empty() })
        }
        _ => None,
    }
}
