//! Reads along on every link: somebody who knows all that was ever drawn.
//!
//! It is handed what the relay forwards. From the secrets of the run it makes the keys of each line,
//! reads the records and puts the messages together again. What it sees is what was *sent*, whether
//! or not it arrived.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use blindsight_decoders::stranger::{Keys, Stranger, one_time_key, secret_name, unseal};
use blindsight_session::{
    BUILD, Identity, InvitationSecret, PublicKey, Role, RoomId, SEALED_OVERHEAD_BYTES,
};

use crate::house::Who;
use crate::recorder::Recorder;

/// Two ends, the sender first.
pub type Way = (Who, Who);

/// Bytes of a greeting in front of the handshake's message, and of a record.
const GREETING: usize = 3 + BUILD.len();
const RECORD: usize = 9;
/// Bytes of a record that holds a seal, with what stands in front.
const SEALED: usize = SEALED_OVERHEAD_BYTES;
/// Bytes inside a record in front of the body: kind, report, number.
const HEAD: usize = 17;

/// All links of a room, in the clear.
#[derive(Default)]
pub struct Glass {
    /// The room and the hash of its plan.
    pub room: Option<(RoomId, [u8; 32])>,
    greetings: BTreeMap<Way, Vec<u8>>,
    /// The keys of the lines between a caller and a called one, the newest last.
    lines: BTreeMap<Way, Vec<[Keys; 2]>>,
    /// For each link that there was.
    parcels: BTreeMap<Way, Vec<Vec<Parcel>>>,
    /// Parcels that were sent more than once.
    pub repeated: usize,
}

#[derive(Clone, PartialEq, Eq)]
struct Parcel {
    kind: u8,
    body: Vec<u8>,
}

impl Glass {
    /// A payload on its way. `roles` are those of sender and receiver.
    ///
    /// # Errors
    ///
    /// When it cannot be read with what was drawn, or a parcel is not sent again as it was.
    pub fn see(
        &mut self,
        way: Way,
        roles: (Role, Role),
        payload: &[u8],
        drawn: &Recorder,
    ) -> Result<()> {
        let back = (way.1, way.0);
        match payload.first() {
            Some(0) => {
                self.greetings.insert(way, payload[GREETING..].to_vec());
            }
            Some(1) => {
                let greeting = self.greetings.remove(&back).context("no greeting")?;
                let roles = [roles.1 as u8, roles.0 as u8];
                let (known, keys) = self.keys(roles, &greeting, &payload[1..], drawn)?;
                if !known {
                    self.parcels.entry(way).or_default().push(Vec::new());
                    self.parcels.entry(back).or_default().push(Vec::new());
                }
                self.lines.entry(back).or_default().push(keys);
            }
            Some(2) => {
                let plain = self.open(way, payload)?;
                self.parcel(way, &plain, None)?;
            }
            Some(4) => {
                let (record, beside) =
                    payload.split_at_checked(SEALED).context("a short record")?;
                let plain = self.open(way, record)?;
                self.parcel(way, &plain, Some(beside))?;
            }
            Some(3) => {}
            _ => bail!("a payload of no known kind"),
        }
        Ok(())
    }

    /// The messages that were sent one way, in order; what was sent again counts once.
    pub fn messages(&self, way: Way) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        for link in self.parcels.get(&way).into_iter().flatten() {
            let mut message = Vec::new();
            for parcel in link.iter().filter(|parcel| parcel.kind != CONTROL) {
                message.extend_from_slice(&parcel.body);
                if parcel.kind == LAST {
                    messages.push(std::mem::take(&mut message));
                }
            }
        }
        messages
    }

    /// Whether both ends know each other from before, and the keys for both directions.
    fn keys(
        &self,
        roles: [u8; 2],
        greeting: &[u8],
        answer: &[u8],
        drawn: &Recorder,
    ) -> Result<(bool, [Keys; 2])> {
        let (room, plan) = self.room.context("no room")?;
        let stranger = |own, secret, seed| Stranger {
            own: Identity::from_private(own),
            secret: InvitationSecret::from_bytes(secret),
            room,
            plan,
            roles,
            seed,
        };
        let seed = |noise: &[u8]| {
            let key = PublicKey::from_bytes(noise[..32].try_into()?);
            let seed = drawn
                .of_length()
                .rev()
                .find(|seed| one_time_key(*seed) == key);
            seed.context("the seed of a one-time key")
        };
        let (own, says) = drawn
            .of_length()
            .find_map(|own| {
                let called = stranger(own, [0; 16], [0; 32]).called(greeting);
                called.map(|(says, _)| (own, says))
            })
            .context("whom a greeting is for")?;
        let secret = drawn
            .of_length()
            .find(|secret| secret_name(secret) == says[..8]);
        let secret = secret.context("the secret of a link")?;
        let called = stranger(own, secret, seed(answer)?);
        let whom = called.own.public();
        let (_, called) = called.called(greeting).context("the called one's keys")?;
        let seed = seed(greeting)?;
        let caller = drawn
            .of_length()
            .find_map(|own| stranger(own, secret, seed).caller(whom, (greeting, &says), answer));
        let (answers, caller) = caller.context("the caller's keys")?;
        // Behind one's own name, and in a greeting the secret's: whether one knows the other.
        let known = says[8 + 16] == 1 && answers[16] == 1;
        Ok((known, [caller, called]))
    }

    fn open(&self, way: Way, payload: &[u8]) -> Result<Vec<u8>> {
        let (head, noise) = payload.split_at_checked(RECORD).context("a short record")?;
        let number = u64::from_le_bytes(head[1..].try_into()?);
        // What the called one sent is read with the caller's keys, and the other way round.
        for (caller, end) in [(way, 1), ((way.1, way.0), 0)] {
            for keys in self.lines.get(&caller).into_iter().flatten().rev() {
                let mut plain = vec![0; noise.len()];
                if let Ok(length) = keys[end].read_message(number, noise, &mut plain) {
                    plain.truncate(length);
                    return Ok(plain);
                }
            }
        }
        bail!("a record that no known key opens")
    }

    fn parcel(&mut self, way: Way, plain: &[u8], beside: Option<&[u8]>) -> Result<()> {
        let (head, body) = plain.split_at_checked(HEAD).context("a short record")?;
        if !(2..=SEALED_LAST).contains(&head[0]) {
            return Ok(());
        }
        let number = usize::try_from(u64::from_le_bytes(head[9..].try_into()?))?;
        let body = match beside {
            Some(beside) => unseal(body, beside).context("a seal that does not open")?,
            None => body.to_vec(),
        };
        let kind = match head[0] {
            SEALED_PIECE => PIECE,
            SEALED_LAST => LAST,
            kind => kind,
        };
        let parcel = Parcel { kind, body };
        let links = self.parcels.get_mut(&way);
        let parcels = links
            .and_then(|links| links.last_mut())
            .context("no link")?;
        match parcels.get(number) {
            Some(before) => {
                ensure!(
                    *before == parcel,
                    "parcel {number} was sent again otherwise"
                );
                self.repeated += 1;
            }
            None => {
                ensure!(parcels.len() == number, "a parcel is missing");
                parcels.push(parcel);
            }
        }
        Ok(())
    }
}

const PIECE: u8 = 2;
const LAST: u8 = 3;
const CONTROL: u8 = 4;
const SEALED_PIECE: u8 = 5;
const SEALED_LAST: u8 = 6;
