//! A whole room in one process: the relay's state machine and real members, without sockets.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context as _, Result, bail, ensure};
use blindsight_member::{
    DataOwnerMember, HelperChoice, HelperMember, ModelOwnerMember, Note, Output,
};
use blindsight_model::{fixed_point::IntegerNetwork, network::Network, onnx};
use blindsight_parties::Hosting;
use blindsight_session::{Invitation, RelayOrigin};
use rand::{SeedableRng as _, rngs::StdRng};
use relay_server::{Action, ConnectionId, Limits, Rooms};
use zeroize::Zeroizing;

/// A member of any role.
enum Seat {
    DataOwner(Box<DataOwnerMember>),
    ModelOwner(Box<ModelOwnerMember>),
    Helper(Box<HelperMember>),
}

/// The relay and everybody in it. Frames are delivered in the order in which they were sent.
pub struct House {
    rooms: Rooms,
    seats: BTreeMap<ConnectionId, Seat>,
    queue: VecDeque<(ConnectionId, Vec<u8>)>,
    notes: Vec<(ConnectionId, Note)>,
    rng: StdRng,
    /// Counts frames: a clock that depends on nothing else.
    now: f64,
}

impl House {
    /// Nobody is here yet. `seed` decides all that is random.
    pub fn new(seed: u64) -> Self {
        Self {
            rooms: Rooms::new(Limits::default()),
            seats: BTreeMap::new(),
            queue: VecDeque::new(),
            notes: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
            now: 0.0,
        }
    }

    /// A model owner opens a room. Gives its connection and the two invitations.
    ///
    /// # Errors
    ///
    /// When the room does not open.
    pub fn host(
        &mut self,
        network: &Network,
        integers: &IntegerNetwork,
        helper: HelperChoice,
    ) -> Result<(ConnectionId, Invitation, Invitation)> {
        let relay = RelayOrigin::parse("ws://127.0.0.1:8080")?;
        let hosting = Hosting::new(integers, &network.name, &network.labels)?;
        let (member, frame) = ModelOwnerMember::open(&relay, hosting, helper, None, &mut self.rng)?;
        let host = self.sit(Seat::ModelOwner(Box::new(member)), frame)?;
        let invitations = self.notes.iter().find_map(|(_, note)| match note {
            Note::Hosting {
                data_owner_invite,
                helper_invite,
                ..
            } => Some((data_owner_invite.clone(), helper_invite.clone())),
            _ => None,
        });
        let (data_owner, helper) = invitations.context("the room did not open")?;
        Ok((
            host,
            Invitation::parse(data_owner.as_str())?,
            Invitation::parse(helper.as_str())?,
        ))
    }

    /// A data owner takes up its invitation.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn data_owner(&mut self, invitation: &Invitation, pool: usize) -> Result<ConnectionId> {
        let (member, frame) = DataOwnerMember::join(invitation, pool);
        self.sit(Seat::DataOwner(Box::new(member)), frame)
    }

    /// A helper takes up its invitation.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn helper(&mut self, invitation: &Invitation) -> Result<ConnectionId> {
        let (member, frame) = HelperMember::join(invitation);
        self.sit(Seat::Helper(Box::new(member)), frame)
    }

    /// Somebody's connection ends.
    pub fn disconnect(&mut self, who: ConnectionId) {
        self.seats.remove(&who);
        let actions = self.rooms.disconnect(who);
        self.act(actions);
        self.run();
    }

    /// Classifies a picture; runs until there is a result.
    ///
    /// # Errors
    ///
    /// What the data owner was told instead of a result.
    pub fn classify(&mut self, who: ConnectionId, pixels: &[u8]) -> Result<usize> {
        self.notes.clear();
        let Some(Seat::DataOwner(member)) = self.seats.get_mut(&who) else {
            bail!("there is no such data owner");
        };
        let output = member.classify(self.now, Zeroizing::new(pixels.to_vec()));
        self.put(who, output);
        self.run();
        let own = self.notes.iter().filter(|(member, _)| *member == who);
        for (_, note) in own {
            match note {
                Note::Result { class, .. } => return Ok(*class),
                Note::Error { text, .. } => bail!("{text}"),
                _ => {}
            }
        }
        bail!("no result")
    }

    /// The problems that a member was told of.
    pub fn errors(&self, who: ConnectionId) -> Vec<&str> {
        let own = self.notes.iter().filter(|(member, _)| *member == who);
        own.filter_map(|(_, note)| match note {
            Note::Error { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
    }

    /// All notes to a member since the last picture.
    pub fn notes(&self, who: ConnectionId) -> impl Iterator<Item = &Note> {
        let own = self.notes.iter().filter(move |(member, _)| *member == who);
        own.map(|(_, note)| note)
    }

    fn sit(&mut self, seat: Seat, frame: Vec<u8>) -> Result<ConnectionId> {
        let connection = self.rooms.connect()?;
        self.seats.insert(connection, seat);
        let actions = self.rooms.receive(connection, &frame);
        self.act(actions);
        self.run();
        Ok(connection)
    }

    fn run(&mut self) {
        while let Some((to, frame)) = self.queue.pop_front() {
            self.now += 1.0;
            let rng = &mut self.rng;
            let outputs = match self.seats.get_mut(&to) {
                Some(Seat::DataOwner(member)) => {
                    [member.receive(self.now, &frame, rng), Output::default()]
                }
                Some(Seat::ModelOwner(member)) => [member.receive(&frame, rng), member.prepare()],
                Some(Seat::Helper(member)) => [member.receive(&frame, rng), Output::default()],
                None => continue,
            };
            for output in outputs {
                self.put(to, output);
            }
        }
    }

    fn put(&mut self, who: ConnectionId, output: Output) {
        self.notes
            .extend(output.notes.into_iter().map(|note| (who, note)));
        for frame in output.frames {
            let actions = self.rooms.receive(who, &frame);
            self.act(actions);
        }
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Notify { to, frame } | Action::Forward { to, frame } => {
                    self.queue.push_back((to, frame.to_vec()));
                }
                Action::Close { connection, .. } => {
                    self.seats.remove(&connection);
                }
                Action::StartHelper {
                    room,
                    connection,
                    greeting,
                } => {
                    let (member, frame) = HelperMember::built_in(
                        room,
                        greeting.as_bytes().try_into().unwrap_or_default(),
                    );
                    self.seats
                        .insert(connection, Seat::Helper(Box::new(member)));
                    let actions = self.rooms.receive(connection, &frame);
                    self.act(actions);
                }
            }
        }
    }
}

/// The bundled network of that name, in floating point and in integers.
///
/// # Errors
///
/// When the file is missing or refused.
pub fn bundled(name: &str) -> Result<(Network, IntegerNetwork)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/models");
    let bytes = std::fs::read(format!("{path}/{name}.onnx"))?;
    let network = onnx::import(&bytes, name)?;
    let integers = IntegerNetwork::from_float(&network)?;
    ensure!(!network.labels.is_empty(), "the network has no labels");
    Ok((network, integers))
}
