//! An encrypted, resumable link with one peer.
//!
//! A [`Link`] outlives connections. While there is one it has a [`Line`]: the keys that a handshake
//! gave for just this connection. Without one it keeps what it is to send.

use std::sync::Arc;

use snow::StatelessTransportState;
use zeroize::{Zeroize, Zeroizing};

use crate::delivery::{Content, Delivery, Parcel};
use crate::error::LinkError;
use crate::identity::PublicKey;
use crate::noise::{MAX_NOISE_BYTES, TAG_BYTES};
use crate::pace::Pace;
use crate::packet::{Control, HEAD, Incarnation, Packet, RECORD_HEAD, decode, encode};
use crate::room::MemberId;
use crate::sealed::{self, SEALING_BYTES, Sealed};
use crate::words::PART_BYTES;

/// Bytes of a message in one parcel.
pub const PIECE_BYTES: usize = 60 << 10;

/// Bytes that a message of at most [`PIECE_BYTES`] bytes grows by on its way to the relay, not
/// counting the frame.
pub const OVERHEAD_BYTES: usize = RECORD_HEAD + HEAD + TAG_BYTES;

/// Bytes that a piece of a message that is the same for two peers grows by, once for both.
pub const BESIDE_OVERHEAD_BYTES: usize = SEALING_BYTES;

const REPORT: u8 = 0;
const REVEAL: u8 = 1;
const PIECE: u8 = 2;
const LAST: u8 = 3;
const CONTROL: u8 = 4;
const SEALED_PIECE: u8 = 5;
const SEALED_LAST: u8 = 6;
/// A report, and a word that nothing more is to be sent until the next one.
const HOLD: u8 = 7;

/// A link with a peer.
pub(crate) struct Link {
    pub(crate) key: PublicKey,
    pub(crate) incarnation: Incarnation,
    pub(crate) delivery: Delivery,
    inbox: Zeroizing<Vec<u8>>,
    /// Of what may wait.
    pub(crate) pace: Pace,
    /// Whether the peer wants nothing of that now.
    pub(crate) held: bool,
    /// Whether we told the peer so.
    holds: bool,
    /// Whether the peer cuts what may wait into shorter pieces than it could: the line is narrow.
    narrow: bool,
    pub(crate) line: Option<Line>,
    /// The line before, with the same member, until something came over the new one.
    pub(crate) previous: Option<Line>,
    /// Since when there is no line, in milliseconds.
    pub(crate) lost_since: f64,
}

/// The keys of one connection, with the numbers of its records.
pub(crate) struct Line {
    pub(crate) member: MemberId,
    transport: StatelessTransportState,
    sent: u64,
    received: u64,
}

/// What a record brought.
pub(crate) enum Arrived {
    /// A whole message.
    Message(Zeroizing<Vec<u8>>),
    /// A piece of a message, of which so many bytes are here.
    Piece(usize),
    Control(Control),
    /// A report, or something that came before.
    Nothing,
}

impl Line {
    pub(crate) fn new(member: MemberId, transport: StatelessTransportState) -> Self {
        Self {
            member,
            transport,
            sent: 0,
            received: 0,
        }
    }

    /// Whether nothing has come over it yet.
    pub(crate) fn is_untried(&self) -> bool {
        self.received == 0
    }

    /// The record that opens a caller's part of the safety words, and proves that it knows the
    /// secret.
    pub(crate) fn reveal(&mut self, part: &[u8; PART_BYTES]) -> Result<Vec<u8>, LinkError> {
        self.seal(REVEAL, 0, (0, part), None)
    }

    /// Reads that record.
    pub(crate) fn revealed(
        &mut self,
        number: u64,
        noise: &[u8],
    ) -> Result<[u8; PART_BYTES], LinkError> {
        let plain = self.open(number, noise)?.ok_or(LinkError::Gap)?;
        match plain.split_first_chunk::<HEAD>() {
            Some((head, part)) if head[0] == REVEAL => {
                part.try_into().map_err(|_| LinkError::Malformed)
            }
            _ => Err(LinkError::Malformed),
        }
    }

    /// A record, and what stands beside it.
    fn seal(
        &mut self,
        kind: u8,
        report: u64,
        (number, body): (u64, &[u8]),
        beside: Option<&[u8]>,
    ) -> Result<Vec<u8>, LinkError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(HEAD + body.len()));
        plain.push(kind);
        plain.extend_from_slice(&report.to_le_bytes());
        plain.extend_from_slice(&number.to_le_bytes());
        plain.extend_from_slice(body);
        let bytes = RECORD_HEAD + plain.len() + TAG_BYTES;
        let mut record = Vec::with_capacity(bytes + beside.map_or(0, <[u8]>::len));
        record.resize(bytes, 0);
        let (head, noise) = record.split_at_mut(RECORD_HEAD);
        head.copy_from_slice(&Packet::record_head(self.sent, beside.is_some()));
        self.transport
            .write_message(self.sent, &plain, noise)
            .map_err(|_| LinkError::Malformed)?;
        self.sent += 1;
        record.extend_from_slice(beside.unwrap_or_default());
        Ok(record)
    }

    /// The content of a record; nothing for one that came before.
    fn open(&mut self, number: u64, noise: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, LinkError> {
        if number < self.received {
            return Ok(None);
        }
        if number > self.received {
            return Err(LinkError::Gap);
        }
        if noise.len() > MAX_NOISE_BYTES {
            return Err(LinkError::Malformed);
        }
        let mut plain = Zeroizing::new(vec![0; noise.len()]);
        let len = self
            .transport
            .read_message(number, noise, &mut plain)
            .map_err(|_| LinkError::Altered)?;
        plain.truncate(len);
        self.received += 1;
        Ok(Some(plain))
    }
}

impl Link {
    pub(crate) fn new(key: PublicKey, incarnation: Incarnation) -> Self {
        Self {
            key,
            incarnation,
            delivery: Delivery::default(),
            inbox: Zeroizing::default(),
            pace: Pace::default(),
            held: false,
            holds: false,
            narrow: false,
            line: None,
            previous: None,
            lost_since: 0.0,
        }
    }

    /// Takes up a line, after the peer said how much it has: gives what is to be sent over it now.
    pub(crate) fn resume(&mut self, line: Line, received: u64) -> Result<Vec<Vec<u8>>, LinkError> {
        self.line = Some(line);
        (self.held, self.holds) = (false, false);
        self.pace.restart();
        self.delivery.reported(received)?;
        let report = self.delivery.report();
        let Some(line) = &mut self.line else {
            return Ok(Vec::new());
        };
        self.delivery
            .unreported()
            .map(|parcel| seal_parcel(line, report, parcel))
            .collect()
    }

    /// The records of a message; none while there is no line.
    pub(crate) fn send(&mut self, message: &[u8]) -> Result<Vec<Vec<u8>>, LinkError> {
        let mut records = Vec::with_capacity(message.len() / PIECE_BYTES + 1);
        for (content, piece) in pieces(message) {
            records.extend(self.push(content, piece, None)?);
        }
        Ok(records)
    }

    /// The record of a piece of a message; nothing while there is no line.
    pub(crate) fn send_piece(
        &mut self,
        content: Content,
        piece: &[u8],
    ) -> Result<Option<Vec<u8>>, LinkError> {
        self.push(content, piece, None)
    }

    /// The record of a piece of a message that was sealed, with the piece beside it; nothing while
    /// there is no line.
    pub(crate) fn send_sealed(
        &mut self,
        content: Content,
        sealed: &Sealed,
    ) -> Result<Option<Vec<u8>>, LinkError> {
        self.push(content, &*sealed.seal, Some(&sealed.beside))
    }

    /// The record of a word between the sessions.
    pub(crate) fn control(&mut self, control: &Control) -> Result<Option<Vec<u8>>, LinkError> {
        let mut body = encode(control);
        let record = self.push(Content::Control, &body, None);
        body.zeroize();
        record
    }

    fn push(
        &mut self,
        content: Content,
        body: &[u8],
        beside: Option<&Arc<[u8]>>,
    ) -> Result<Option<Vec<u8>>, LinkError> {
        let report = match &self.line {
            Some(_) => self.delivery.report(),
            None => 0,
        };
        let parcel = self.delivery.push(content, body, beside)?;
        match &mut self.line {
            Some(line) => seal_parcel(line, report, parcel).map(Some),
            None => Ok(None),
        }
    }

    /// The record that tells a peer to send nothing more of what may wait, or to go on; nothing where
    /// it knows, or the line is so wide that it does not matter.
    pub(crate) fn hold(&mut self, hold: bool) -> Result<Option<Vec<u8>>, LinkError> {
        let Some(line) = &mut self.line else {
            return Ok(None);
        };
        if self.holds == hold || (hold && !self.narrow) {
            return Ok(None);
        }
        self.holds = hold;
        let kind = if hold { HOLD } else { REPORT };
        let report = self.delivery.report();
        line.seal(kind, report, (0, &[]), None).map(Some)
    }

    /// The record that tells the peer how much came, if it is time for one.
    pub(crate) fn report(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        match &mut self.line {
            Some(line) if self.delivery.report_is_due() => {
                let report = self.delivery.report();
                let kind = if self.holds { HOLD } else { REPORT };
                line.seal(kind, report, (0, &[]), None).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Takes a record of the line, and what stands beside it. A message that would be longer than
    /// `longest` is refused before it is kept.
    pub(crate) fn receive(
        &mut self,
        now: f64,
        number: u64,
        (noise, beside): (&[u8], Option<&[u8]>),
        longest: usize,
    ) -> Result<Arrived, LinkError> {
        let Some(line) = &mut self.line else {
            return Ok(Arrived::Nothing);
        };
        let opened = line.open(number, noise).or_else(|error| {
            let previous = self.previous.as_mut();
            match previous.map(|line| line.open(number, noise)) {
                // It is sent again over the new line, since nobody reported it.
                Some(Ok(Some(_))) => Ok(None),
                _ => Err(error),
            }
        });
        let Some(plain) = opened? else {
            return Ok(Arrived::Nothing);
        };
        self.previous = None;
        let (head, body) = plain
            .split_first_chunk::<HEAD>()
            .ok_or(LinkError::Malformed)?;
        let word = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&head[from..from + 8]);
            u64::from_le_bytes(bytes)
        };
        // Whether something stands beside it is said in the clear, and must be what it says itself.
        match (head[0], beside) {
            (REPORT | HOLD | PIECE | LAST | CONTROL, None)
            | (SEALED_PIECE | SEALED_LAST, Some(_)) => {}
            (REPORT..=HOLD, _) => return Err(LinkError::Altered),
            _ => return Err(LinkError::Malformed),
        }
        self.delivery.reported(word(1))?;
        self.pace.reported(word(1), now);
        if matches!(head[0], REPORT | HOLD) {
            let held = head[0] == HOLD;
            if self.held != held {
                self.held = held;
                self.pace.disturbed(now);
            }
            return Ok(Arrived::Nothing);
        }
        let bytes = body.len() + beside.map_or(0, <[u8]>::len);
        if !self.delivery.take(word(9), bytes)? {
            return Ok(Arrived::Nothing);
        }
        if head[0] == CONTROL {
            return decode(body)
                .map(Arrived::Control)
                .ok_or(LinkError::Malformed);
        }
        let length = beside.map_or(body.len(), |beside| {
            beside.len().saturating_sub(SEALING_BYTES)
        });
        if self.inbox.len() + length > longest {
            return Err(LinkError::TooLong);
        }
        match beside {
            Some(beside) if length <= PIECE_BYTES => {
                append(&mut self.inbox, &sealed::open(body, beside)?, longest);
            }
            Some(_) => return Err(LinkError::TooLong),
            None => append(&mut self.inbox, body, longest),
        }
        if matches!(head[0], PIECE | SEALED_PIECE) {
            self.narrow = length < PIECE_BYTES;
            return Ok(Arrived::Piece(self.inbox.len()));
        }
        Ok(Arrived::Message(std::mem::take(&mut self.inbox)))
    }
}

/// The pieces of a message, in order. An empty one has one, too.
fn pieces(message: &[u8]) -> impl Iterator<Item = (Content, &[u8])> {
    let mut rest = Some(message);
    std::iter::from_fn(move || {
        let (piece, after) = rest.map(|rest| rest.split_at(rest.len().min(PIECE_BYTES)))?;
        rest = (!after.is_empty()).then_some(after);
        let content = match rest {
            Some(_) => Content::Piece,
            None => Content::Last,
        };
        Some((content, piece))
    })
}

/// Appends to what is there, and leaves nothing behind in memory that was outgrown.
fn append(inbox: &mut Zeroizing<Vec<u8>>, body: &[u8], longest: usize) {
    let needed = inbox.len() + body.len();
    if inbox.capacity() < needed {
        let capacity = if inbox.is_empty() {
            needed
        } else {
            (2 * needed).min(longest.max(needed))
        };
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(inbox);
        *inbox = larger;
    }
    inbox.extend_from_slice(body);
}

fn seal_parcel(line: &mut Line, report: u64, parcel: &Parcel) -> Result<Vec<u8>, LinkError> {
    let beside = parcel.beside.as_deref();
    let kind = match (parcel.content, beside) {
        (Content::Piece, None) => PIECE,
        (Content::Last, None) => LAST,
        (Content::Piece, Some(_)) => SEALED_PIECE,
        (Content::Last, Some(_)) => SEALED_LAST,
        // A word between sessions is for one peer.
        (Content::Control, _) => CONTROL,
    };
    line.seal(kind, report, (parcel.number, &parcel.body), beside)
}
